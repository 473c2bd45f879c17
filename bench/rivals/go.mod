module github.com/quiesce/quiesce/bench/rivals

go 1.26
