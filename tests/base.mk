# tests of src/base
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/base
TESTS += tests/unit/base
tests_unit_base_SOURCES = tests/unit/base.c tests/unit/test.h
tests_unit_base_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_base_LDADD = libbase.a $(CMOCKA_LIBS) -lm -lpthread
endif
