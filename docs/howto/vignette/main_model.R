# Wolford and Ritter's main model on the exported triads: a probit of joining, clustered by crisis.
#
#   willing data export triads --format csv --out exported
#   Rscript main_model.R exported/triads.csv
#
# Needs the packages sandwich and lmtest.

suppressPackageStartupMessages({
  library(sandwich)
  library(lmtest)
})

file <- commandArgs(trailingOnly = TRUE)
triads <- read.csv(if (length(file)) file[1] else "exported/triads.csv", encoding = "UTF-8")

# The file says yes and no as true and false; an empty cell is missing.
flags <- vapply(triads, function(column) all(column %in% c("true", "false", "")), logical(1))
triads[flags] <- lapply(triads[flags], function(column) as.logical(toupper(column)))

# The sample: crises of the paper's years, L the strongest of those who acted on her side.
sample <- subset(triads, year >= 1951 & year <= 1999 & foremost)

model <- join ~ insecurity_leader + difLPv + difTPv + cinc_ell + cinc_tee + cinc_pee +
  LPallies + unsupport + LTdist + PTdist + demL + demP + insecurity_partner + pcw + Lmaj
used <- sample[complete.cases(sample[all.vars(model)]), ]
probit <- glm(model, binomial("probit"), used, control = list(epsilon = 1e-12, maxit = 50))

# Clustered errors. vcovCL takes the expected information of a glm; Stata and willing take the
# observed one, which for a probit is another matrix.
x <- model.matrix(probit)
index <- drop(x %*% coef(probit))
sign <- 2 * used$join - 1
score <- sign * dnorm(index) / pnorm(sign * index)
observed <- crossprod(x, score * (score + index) * x)
covariance <- sandwich(probit, bread. = nrow(x) * solve(observed),
                       meat. = meatCL(probit, cluster = used$crisno))

cat(sprintf("%d of %d triads, %d joined, %d crises, log-likelihood %.2f\n", nrow(used), nrow(sample),
            sum(used$join), length(unique(used$crisno)), logLik(probit)))
print(coeftest(probit, vcov. = covariance), digits = 5)
cat(sprintf("error of insecurity by the expected information %.5f\n",
            sqrt(vcovCL(probit, cluster = used$crisno)["insecurity_leader", "insecurity_leader"])))

# How much more probable joining is, on average, per unit of insecurity. Its error is that of the
# delta method on the clustered covariance.
own <- coef(probit)["insecurity_leader"]
gradient <- own * colMeans(-index * dnorm(index) * x)
gradient["insecurity_leader"] <- gradient["insecurity_leader"] + mean(dnorm(index))
cat(sprintf("average marginal effect of insecurity %.6f (s.e. %.6f)\n", own * mean(dnorm(index)),
            sqrt(drop(gradient %*% covariance %*% gradient))))
