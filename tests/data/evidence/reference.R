# Independent estimates of the models in tests/evidence/test_against_r.py.
# Run in this folder:  Rscript reference.R
# Needs R with sandwich, maxLik and numDeriv; writes reference.csv and reference_tests.csv.
library(sandwich)
library(maxLik)

d <- read.csv("clustered.csv")
X <- cbind(x1 = d$x1, x2 = d$x2, z1 = d$z1, constant = 1)
exact <- glm.control(epsilon = 1e-14, maxit = 100)
out <- data.frame()
record <- function(model, term, estimate, se) {
  out <<- rbind(out, data.frame(model, term, estimate = signif(estimate, 12), se = signif(se, 12)))
}
# The factor G/(G-1) is what vcovCL applies to a glm by default (HC0, cadjust = TRUE).
sandwich_by_cluster <- function(scores, H) {
  totals <- rowsum(scores, d$g)
  G <- nrow(totals)
  G / (G - 1) * solve(H) %*% crossprod(totals) %*% solve(H)
}

# Logit: glm and vcovCL as they come. Its expected and observed information are equal.
logit <- glm(y ~ X - 1, binomial("logit"), d, control = exact)
record("logit", colnames(X), coef(logit), sqrt(diag(vcovCL(logit, d$g))))

# Probit: the coefficients of glm; vcovCL would use its expected information, so the observed one
# is taken by numerical differentiation of the likelihood.
probit <- glm(y ~ X - 1, binomial("probit"), d, control = exact)
loglik <- function(b) sum(pnorm((2 * d$y - 1) * drop(X %*% b), log.p = TRUE))
V <- sandwich_by_cluster(estfun(probit), numDeriv::hessian(loglik, coef(probit)))
record("probit", colnames(X), coef(probit), sqrt(diag(V)))

# Heteroskedastic probit: direct maximisation of the likelihood, derivatives by numDeriv.
rows <- function(theta) {
  pnorm((2 * d$y - 1) * drop(X %*% theta[1:4]) / exp(d$z1 * theta[5]), log.p = TRUE)
}
climb <- maxLik(rows, start = c(coef(probit), 0), method = "BFGS",
                control = list(iterlim = 2000, reltol = 1e-15))
theta <- coef(maxLik(rows, start = coef(climb), method = "NR"))
V <- sandwich_by_cluster(numDeriv::jacobian(rows, theta),
                         numDeriv::hessian(function(t) sum(rows(t)), theta))
record("hetprobit", c(colnames(X), "variance z1"), theta, sqrt(diag(V)))

values <- c(
  loglik_probit = loglik(coef(probit)),
  loglik_hetprobit = sum(rows(theta)),
  likelihood_ratio = 2 * (sum(rows(theta)) - loglik(coef(probit))),
  wald = unname(theta[5]^2 / V[5, 5])
)
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
write.csv(data.frame(name = names(values), value = signif(values, 12)), "reference_tests.csv",
          row.names = FALSE, quote = FALSE)
