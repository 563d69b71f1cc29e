* Wolford and Ritter's main models on the exported triads, clustered by crisis. Stata 14 or later.
*
*   willing data export triads --format stata --out exported

version 14
clear all
use "exported/triads.dta", clear
describe insecurity_leader difLPv difTPv join

* The sample: crises of the paper's years, L the strongest of those who acted on her side.
keep if inrange(year, 1951, 1999) & foremost == 1

global x difLPv difTPv cinc_ell cinc_tee cinc_pee LPallies unsupport LTdist PTdist ///
    demL demP insecurity_partner pcw Lmaj

* The probit, and the average marginal effect of the leader's insecurity.
probit join insecurity_leader $x, vce(cluster crisno)
estimates store probit
margins, dydx(insecurity_leader)

* Insecurity in the variance too: H2 expects a positive coefficient there.
hetprobit join insecurity_leader $x, het(insecurity_leader) vce(cluster crisno)
estimates store hetprobit
estimates table probit hetprobit, b(%9.4f) se(%9.4f) stats(N N_clust ll)

* H2 as an interaction: does divergence deter fewer partners of insecure leaders?
probit join c.insecurity_leader##c.difLPv difTPv cinc_ell cinc_tee cinc_pee LPallies unsupport ///
    LTdist PTdist demL demP insecurity_partner pcw Lmaj, vce(cluster crisno)
margins, dydx(insecurity_leader) at(difLPv = (0(1)4))
