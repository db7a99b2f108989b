# tests of src/store
if HAVE_CMOCKA
STORE_TEST_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/store $(SQLITE_CFLAGS)
STORE_TEST_LIBS = libstore.a libbase.a $(CMOCKA_LIBS) $(SQLITE_LIBS) -lm

check_PROGRAMS += tests/unit/store tests/unit/store_file tests/unit/store_fault
TESTS += tests/unit/store tests/unit/store_file tests/unit/store_fault
tests_unit_store_SOURCES = tests/unit/store.c tests/unit/store_fixture.h tests/unit/test.h
tests_unit_store_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_LDADD = $(STORE_TEST_LIBS)
tests_unit_store_file_SOURCES = tests/unit/store_file.c tests/unit/store_fixture.h tests/unit/test.h
tests_unit_store_file_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_file_LDADD = $(STORE_TEST_LIBS)
tests_unit_store_fault_SOURCES = tests/unit/store_fault.c tests/unit/store_fixture.h tests/unit/test.h
tests_unit_store_fault_CPPFLAGS = $(STORE_TEST_CPPFLAGS)
tests_unit_store_fault_LDADD = $(STORE_TEST_LIBS)
endif
