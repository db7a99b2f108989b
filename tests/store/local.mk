# tests of src/store
EXTRA_DIST += tests/store/cache-0.1.0.sql
if HAVE_CMOCKA
STORE_TEST_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/store $(SQLITE_CFLAGS)
STORE_TEST_LIBS = libstore.a libbase.a $(CMOCKA_LIBS) $(SQLITE_LIBS) -lm

STORE_TESTS = tests/store/store tests/store/edges tests/store/keep tests/store/file \
	tests/store/fault tests/store/benchmarks
check_PROGRAMS += $(STORE_TESTS)
TESTS += $(STORE_TESTS)
tests_store_store_SOURCES = tests/store/store.c tests/store/fixture.h tests/test.h
tests_store_store_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_store_store_LDADD = $(STORE_TEST_LIBS)
tests_store_edges_SOURCES = tests/store/edges.c tests/store/fixture.h tests/test.h
tests_store_edges_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_store_edges_LDADD = $(STORE_TEST_LIBS)
tests_store_keep_SOURCES = tests/store/keep.c tests/store/fixture.h tests/test.h
tests_store_keep_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_store_keep_LDADD = $(STORE_TEST_LIBS)
tests_store_file_SOURCES = tests/store/file.c tests/store/fixture.h tests/test.h
tests_store_file_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_store_file_LDADD = $(STORE_TEST_LIBS)
tests_store_fault_SOURCES = tests/store/fault.c tests/store/fixture.h tests/test.h
tests_store_fault_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_store_fault_LDADD = $(STORE_TEST_LIBS)
tests_store_benchmarks_SOURCES = tests/store/benchmarks.c tests/store/fixture.h tests/test.h
tests_store_benchmarks_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_store_benchmarks_LDADD = $(STORE_TEST_LIBS)
endif
