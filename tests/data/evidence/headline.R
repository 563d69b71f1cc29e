# The headline models on the whole sample, with nothing of the package, for
# tests/evidence/test_headline_by_r.py. Run in this folder after headline_data.py:
#   Rscript headline.R DIR     (DIR holds sides.csv and triads.csv)
# Needs R with sandwich and brglm2; writes headline.csv.
library(sandwich)
library(brglm2)
dir <- commandArgs(trailingOnly = TRUE)[1]
out <- data.frame()
keep <- function(model, estimate, crisis, both, loglik) {
  out <<- rbind(out, data.frame(model, estimate = signif(estimate, 9), crisis = signif(crisis, 7),
                                both = signif(both, 7), loglik = signif(loglik, 9)))
}
ex <- glm.control(epsilon=1e-12,maxit=100)
obs <- function(fit, y, cl) { x<-model.matrix(fit); u<-drop(x%*%coef(fit)); q<-2*y-1; s<-q*dnorm(u)/pnorm(q*u)
  H<-solve(crossprod(x, s*(s+u)*x)); S<-s*x
  V<-function(g){G<-length(unique(g)); M<-rowsum(S,g); G/(G-1)*H%*%crossprod(M)%*%H}
  c(crisis=sqrt(V(cl[[1]])["insecurity_leader","insecurity_leader"]),
    two=sqrt((V(cl[[1]])+V(cl[[2]])-V(paste(cl[[1]],cl[[2]])))["insecurity_leader","insecurity_leader"])) }
d <- read.csv(file.path(dir, "sides.csv"))
f <- built ~ insecurity_leader+cinc_ell+cinc_tee+unsupport+LTdist+demL+pcw+Lmaj
l <- glm(f, binomial("logit"), d, control=ex)
keep("logit", coef(l)[2], sqrt(vcovCL(l,~crisno)[2,2]), sqrt(vcovCL(l,~crisno+leader)[2,2]), c(logLik(l)))
b <- glm(f, binomial("logit"), d, method="brglmFit", control=list(type="AS_mean",epsilon=1e-10,maxit=500))
keep("Firth", coef(b)[2], sqrt(vcov(b)[2,2]), NA, NA)
t <- read.csv(file.path(dir, "triads.csv"))
x <- setdiff(names(t), c("join","crisno","leader"))
p <- glm(reformulate(x,"join"), binomial("probit"), t, control=ex)
e <- obs(p, t$join, list(t$crisno, t$leader))
keep("probit", coef(p)["insecurity_leader"], e[[1]], e[[2]], c(logLik(p)))
X <- model.matrix(p); z <- t$insecurity_leader; q <- 2*t$join-1; k<-ncol(X)
ll <- function(th) -sum(pnorm(q*drop(X%*%th[1:k])*exp(-z*th[k+1]),log.p=TRUE))
gr <- function(th){pr<-exp(-z*th[k+1]);u<-drop(X%*%th[1:k])*pr;r<-q*exp(dnorm(u,log=TRUE)-pnorm(q*u,log.p=TRUE));-c(crossprod(X,r*pr),-sum(r*u*z))}
sc <- c(apply(X,2,function(c) max(sd(c),.Machine$double.eps)),sd(z)); sc[1]<-1
o <- optim(c(coef(p),0)*sc, function(a) ll(a/sc), function(a) gr(a/sc)/sc, method="BFGS", control=list(reltol=1e-15,maxit=1000))
th <- o$par/sc
h <- optimHess(o$par, function(a) ll(a/sc), function(a) gr(a/sc)/sc)
pr<-exp(-z*th[k+1]);u<-drop(X%*%th[1:k])*pr;r<-q*exp(dnorm(u,log=TRUE)-pnorm(q*u,log.p=TRUE))
S<-cbind(r*pr*X,-r*u*z); S<-t(t(S)/sc); H<-solve(h)
V<-function(g){G<-length(unique(g)); M<-rowsum(S,g); A<-G/(G-1)*H%*%crossprod(M)%*%H; A[k+1,k+1]}
c1<-V(t$crisno); c2<-V(t$leader); c12<-V(paste(t$crisno,t$leader))
keep("hetprobit", th[k+1], sqrt(c1)/sc[k+1], sqrt(c1+c2-c12)/sc[k+1], -o$value)
write.csv(out, "headline.csv", row.names = FALSE, quote = 1)
