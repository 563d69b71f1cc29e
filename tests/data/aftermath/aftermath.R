# Independent estimates of the hazard among partners, and of who joins the target, for tests/wider/test_aftermath.py.
# Run in this folder:  Rscript aftermath.R
# Needs R with sandwich and survival; reads partners.csv and coalitions.csv, writes aftermath.csv,
# survival.csv and joiners.csv.
library(sandwich)
library(survival)

d <- read.csv("partners.csv")
days <- function(to) as.numeric(as.Date(to) - as.Date(d$end)) / 365.25
met <- floor(days(ifelse(d$next_dispute == "", NA, d$next_dispute))) + 1
d$years <- pmin(floor(days(d$until)), met, 10, na.rm = TRUE)
d$event <- as.integer(!is.na(met) & met == d$years)
d <- d[d$years > 0, ]
d$pair <- d$ccode1 * 1000 + d$ccode2
d$log_size <- log(d$size)
d$log_disputes <- log1p(d$disputes_before)

# Product-limit survival in whole years, by alliance.
km <- summary(survfit(Surv(years, event) ~ allied, d), times = 1:10, extend = TRUE)
write.csv(data.frame(allied = as.integer(km$strata) - 1, year_after = km$time,
                     risk = signif(1 - km$surv, 12)),
          "survival.csv", row.names = FALSE, quote = FALSE)

# The discrete-time hazard: a row a pair and year.
long <- survSplit(Surv(years, event) ~ ., d, cut = 1:9, start = "from")
long$t <- long$years / 10
long$t2 <- long$t^2
long$t3 <- long$t^3
formula <- event ~ divergence + with_leader + allied + contiguous + log_size + victory + major +
  log_disputes + t + t2 + t3
used <- long[complete.cases(long[all.vars(formula)]), ]
exact <- glm.control(epsilon = 1e-14, maxit = 100)
rows <- function(link) {
  fit <- glm(formula, binomial(link), used, control = exact)
  se <- function(by) signif(sqrt(diag(vcovCL(fit, used[[by]]))), 12)
  data.frame(model = link, term = names(coef(fit)), estimate = signif(coef(fit), 12),
             by_pair = se("pair"), by_crisis = se("crisno"))
}
# Cox's model of the same durations, errors clustered by pair.
cox <- coxph(update(formula, Surv(years, event) ~ . - t - t2 - t3), d, cluster = pair)
robust <- data.frame(model = "cox", term = names(coef(cox)), estimate = signif(coef(cox), 12),
                     by_pair = signif(sqrt(diag(vcov(cox))), 12), by_crisis = NA)
write.csv(rbind(rows("logit"), rows("cloglog"), robust), "aftermath.csv", row.names = FALSE,
          quote = FALSE)

# States that join the target, by Poisson pseudo-maximum likelihood.
sides <- read.csv("coalitions.csv")
formula <- joiners ~ log_strength + log_target + log_size + divergence
sides <- sides[complete.cases(sides[all.vars(formula)]), ]
count <- glm(formula, poisson, sides, control = exact)
write.csv(data.frame(term = names(coef(count)), estimate = signif(coef(count), 12),
                     se = signif(sqrt(diag(vcovCL(count, sides$crisno))), 12)),
          "joiners.csv", row.names = FALSE, quote = FALSE)
