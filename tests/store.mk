# tests of src/store
EXTRA_DIST += tests/unit/cache-0.1.0.sql
if HAVE_CMOCKA
STORE_TEST_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/store $(SQLITE_CFLAGS)
STORE_TEST_LIBS = libstore.a libbase.a $(CMOCKA_LIBS) $(SQLITE_LIBS) -lm

STORE_TESTS = tests/unit/store tests/unit/store_edges tests/unit/store_keep tests/unit/store_file \
	tests/unit/store_fault tests/unit/store_benchmarks
check_PROGRAMS += $(STORE_TESTS)
TESTS += $(STORE_TESTS)
tests_unit_store_SOURCES = tests/unit/store.c tests/unit/store_fixture.h tests/unit/test.h
tests_unit_store_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_LDADD = $(STORE_TEST_LIBS)
tests_unit_store_edges_SOURCES = tests/unit/store_edges.c tests/unit/store_fixture.h tests/unit/test.h
tests_unit_store_edges_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_edges_LDADD = $(STORE_TEST_LIBS)
tests_unit_store_keep_SOURCES = tests/unit/store_keep.c tests/unit/store_fixture.h tests/unit/test.h
tests_unit_store_keep_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_keep_LDADD = $(STORE_TEST_LIBS)
tests_unit_store_file_SOURCES = tests/unit/store_file.c tests/unit/store_fixture.h tests/unit/test.h
tests_unit_store_file_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_file_LDADD = $(STORE_TEST_LIBS)
tests_unit_store_fault_SOURCES = tests/unit/store_fault.c tests/unit/store_fixture.h tests/unit/test.h
tests_unit_store_fault_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_fault_LDADD = $(STORE_TEST_LIBS)
tests_unit_store_benchmarks_SOURCES = tests/unit/store_benchmarks.c tests/unit/store_fixture.h tests/unit/test.h
tests_unit_store_benchmarks_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_benchmarks_LDADD = $(STORE_TEST_LIBS)
endif
