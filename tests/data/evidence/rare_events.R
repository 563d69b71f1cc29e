# Independent inference for tests/evidence/test_rare_events.py.
# Run in this folder:  Rscript rare_events.R
# Needs R with sandwich, clubSandwich and brglm2; writes rare_events.csv.
library(sandwich)
library(clubSandwich)
library(brglm2)

d <- read.csv("clustered.csv")
d$h <- (seq_len(nrow(d)) - 1) %% 37
exact <- glm.control(epsilon = 1e-14, maxit = 100)
out <- data.frame()
record <- function(method, fit, se) {
  out <<- rbind(out, data.frame(method, term = names(coef(fit)),
                                estimate = signif(coef(fit), 12), se = signif(se, 12)))
}
formula <- y ~ x1 + x2 + z1
logit <- glm(formula, binomial("logit"), d, control = exact)
record("logit, two ways", logit, sqrt(diag(vcovCL(logit, ~ g + h))))

# CR1 has the factor G/(G-1); CR3 is the jackknife in one step from the full estimates.
for (type in c("CR1", "CR3"))
  record(paste("logit,", type), logit, sqrt(diag(as.matrix(vcovCR(logit, d$g, type = type)))))

# The jackknife by hand: refit without each cluster.
jack <- function(fit) {
  b <- sapply(unique(d$g), function(g) coef(update(fit, data = d[d$g != g, ])))
  G <- ncol(b)
  sqrt((G - 1) / G * rowSums((b - coef(fit))^2))
}
record("logit, jackknife", logit, jack(logit))
probit <- glm(formula, binomial("probit"), d, control = exact)
record("probit, jackknife", probit, jack(probit))

# Few rows, so that the penalty tells.
few <- d[1:150, ]
tight <- function(type) list(type = type, epsilon = 1e-12, maxit = 500)
firth <- glm(formula, binomial("logit"), few, method = "brglmFit",
             control = tight("AS_mean"))
record("logit, penalised", firth, sqrt(diag(vcov(firth))))
jeffreys <- glm(formula, binomial("probit"), few, method = "brglmFit",
                control = tight("MPL_Jeffreys"))
record("probit, penalised", jeffreys, sqrt(diag(vcov(jeffreys))))
write.csv(out, "rare_events.csv", row.names = FALSE, quote = c(1, 2))
