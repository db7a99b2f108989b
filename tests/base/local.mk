# tests of src/base
if HAVE_CMOCKA
check_PROGRAMS += tests/base/base
TESTS += tests/base/base
tests_base_base_SOURCES = tests/base/base.c tests/test.h
tests_base_base_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_base_base_LDADD = libbase.a $(CMOCKA_LIBS) -lm -lpthread
endif
