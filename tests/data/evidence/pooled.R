# Rubin's rules by mice, for tests/evidence/test_rubin.py. Run in this folder after pooled_data.py:
#   Rscript pooled.R DIR     (DIR holds imputations.csv: each imputation's estimates)
# Needs R with mice; writes pooled.csv.
suppressPackageStartupMessages(library(mice))
dir <- commandArgs(trailingOnly = TRUE)[1]
d <- read.csv(file.path(dir, "imputations.csv"))
out <- data.frame()
for (claim in unique(d$claim)) {
  x <- d[d$claim == claim, ]
  # n - k is what mice calls the degrees of freedom of complete data.
  p <- pool.scalar(x$estimate, x$variance, n = x$df[1] + 1, k = 1)
  b <- (1 + 1 / p$m) * p$b
  out <- rbind(out, data.frame(claim, estimate = p$qbar, within = p$ubar, between = p$b,
                               total = p$t, df = p$df, lambda = b / p$t))
}
out[-1] <- signif(out[-1], 9)
write.csv(out, "pooled.csv", row.names = FALSE, quote = 1)
