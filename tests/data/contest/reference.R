# Independent estimates of the ordered logits in tests/contest/test_contest_against_r.py.
# Run in this folder:  Rscript reference.R
# Needs R with MASS, ordinal and sandwich; writes reference.csv.
library(MASS)
library(ordinal)
library(sandwich)

d <- read.csv("contests.csv")
d$outcome <- factor(d$outcome, levels = c("defeat", "draw", "victory"), ordered = TRUE)
out <- data.frame()
record <- function(model, term, estimate, se) {
  out <<- rbind(out, data.frame(model, term, estimate = signif(estimate, 12), se = signif(se, 12)))
}

# Coefficients by ordinal::clm, whose Newton steps go further than the optimiser of MASS::polr; the
# errors are polr's scores and Hessian in the sandwich with the factor G/(G-1).
fit <- function(name, formula, terms) {
  tight <- clm.control(gradTol = 1e-12, maxIter = 200)
  found <- clm(formula, data = d, link = "logit", control = tight)
  start <- c(found$beta, found$alpha)
  same <- polr(formula, data = d, Hess = TRUE, start = start, control = list(reltol = 1e-15))
  stopifnot(max(abs(c(coef(same), same$zeta) - start)) < 1e-4)
  scores <- estfun(same)
  totals <- rowsum(scores, d$contest)
  G <- nrow(totals)
  # clm orders cuts first, polr slopes first.
  k <- length(found$beta)
  n <- length(start)
  order <- c((n - k + 1):n, 1:(n - k))
  bread <- solve(found$Hessian[order, order])
  V <- G / (G - 1) * bread %*% crossprod(totals) %*% bread
  record(name, c(terms, "cut above defeat", "cut above draw"), start, sqrt(diag(V)))
  record(name, "log-likelihood", as.numeric(logLik(found)), NA)
}
fit("strength", outcome ~ ratio, "log(M / m_T)")
fit("controls", outcome ~ ratio + democracy + major,
    c("log(M / m_T)", "leader_democracy", "leader_major"))
write.csv(out, "reference.csv", row.names = FALSE)
