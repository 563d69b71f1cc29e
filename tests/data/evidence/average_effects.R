# Average predictions, comparisons and slopes with delta-method errors, as the package
# marginaleffects defines them: avg_predictions(), avg_comparisons(variables = list(x1 = c(0, 1)))
# and avg_slopes(). Debian has no marginaleffects, so they are written out here in base R, with
# every derivative numerical.
# Run in this folder after reference.R:  Rscript average_effects.R
# Needs R with sandwich and numDeriv; writes average_effects.csv.
library(sandwich)

d <- read.csv("clustered.csv")
found <- read.csv("reference.csv")
start <- function(model) found$estimate[found$model == model]

columns <- function(x1 = d$x1, x2 = d$x2, z1 = d$z1) list(x1 = x1, x2 = x2, z1 = z1)
X <- function(at) cbind(at$x1, at$x2, at$z1, 1)
probability <- list(
  logit = function(b, at) plogis(drop(X(at) %*% b)),
  probit = function(b, at) pnorm(drop(X(at) %*% b)),
  hetprobit = function(b, at) pnorm(drop(X(at) %*% b[1:4]) / exp(at$z1 * b[5]))
)
# Clustered as in reference.R, from the likelihood itself.
clustered <- function(model, b) {
  rows <- function(t) {
    p <- probability[[model]](t, columns())
    log(ifelse(d$y == 1, p, 1 - p))
  }
  H <- numDeriv::hessian(function(t) sum(rows(t)), b)
  totals <- rowsum(numDeriv::jacobian(rows, b), d$g)
  G <- nrow(totals)
  G / (G - 1) * solve(H) %*% crossprod(totals) %*% solve(H)
}
h <- 1e-5
moved <- function(term, by) {
  at <- columns()
  at[[term]] <- at[[term]] + by
  at
}
set_to <- function(term, value) {
  at <- columns()
  at[[term]] <- rep(value, nrow(d))
  at
}
out <- data.frame()
for (model in names(probability)) {
  p <- probability[[model]]
  b <- start(model)
  V <- clustered(model, b)
  quantities <- list(prediction = function(b) mean(p(b, columns())))
  for (term in c("x1", "x2", "z1")) local({
    term <- term
    quantities[[paste("slope", term)]] <<-
      function(b) mean(p(b, moved(term, h)) - p(b, moved(term, -h))) / (2 * h)
    quantities[[paste("comparison", term)]] <<-
      function(b) mean(p(b, set_to(term, 1)) - p(b, set_to(term, 0)))
  })
  for (name in names(quantities)) {
    q <- quantities[[name]]
    g <- numDeriv::grad(q, b)
    out <- rbind(out, data.frame(model, quantity = name, estimate = signif(q(b), 10),
                                 se = signif(sqrt(drop(g %*% V %*% g)), 10)))
  }
}
write.csv(out, "average_effects.csv", row.names = FALSE, quote = FALSE)
