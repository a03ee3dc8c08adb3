# Figures of pROC that tests/evaluation/test_delong.py compares with, printed as JSON:
#   Rscript tests/evaluation/data/delong_by_proc.R > tests/evaluation/data/delong_by_proc.json
suppressMessages(library(pROC))
library(jsonlite)

judge <- function(positive, first, second) {
  one <- roc(positive, first, levels = c(0, 1), direction = "<")
  other <- roc(positive, second, levels = c(0, 1), direction = "<")
  list(
    positive = positive, first = first, second = second,
    auc = c(as.numeric(auc(one)), as.numeric(auc(other))),
    variance = c(var(one, method = "delong"), var(other, method = "delong")),
    covariance = cov(one, other, method = "delong"),
    interval = as.numeric(ci.auc(one, method = "delong"))[c(1, 3)],
    p = roc.test(one, other, method = "delong", paired = TRUE)$p.value
  )
}

set.seed(20)
positive <- rep(c(1, 0), c(23, 57))
first <- rnorm(80) + positive
second <- 0.7 * first + rnorm(80)
sharp <- rnorm(80) / 2 + 2 * positive
cases <- list(
  untied = judge(positive, first, second),
  tied = judge(positive, round(first), round(2 * second) / 2),
  heavily_tied = judge(positive, as.numeric(first > 0.5), round(second)),
  apart = judge(positive, sharp, second),
  nearly_perfect = judge(positive, sharp, round(sharp))
)
program <- paste("pROC", packageVersion("pROC"), "under", R.version.string)
command <- "Rscript tests/evaluation/data/delong_by_proc.R"
cat(toJSON(list(made_by = program, command = command, cases = cases), digits = I(17), auto_unbox = TRUE))
cat("\n")
