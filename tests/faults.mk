# What the world does: in `make check` a little of it, in `make check-faults`
# two hundred kills.
FAULT_TESTS = tests/faults/faults.sh
TESTS += $(FAULT_TESTS)
dist_check_SCRIPTS += $(FAULT_TESTS)

.PHONY: check-faults
check-faults: all
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) KILLS=200 DAMAGES=100 $(SHELL) $(top_srcdir)/tests/faults/faults.sh
