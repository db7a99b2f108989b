# tests of src/base
if HAVE_CMOCKA
check_PROGRAMS += tests/base/base tests/base/picture
TESTS += tests/base/base tests/base/picture
tests_base_base_SOURCES = tests/base/base.c tests/test.h
tests_base_base_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_base_base_LDADD = libbase.a $(CMOCKA_LIBS) -lm -lpthread
tests_base_picture_SOURCES = tests/base/picture.c tests/test.h
tests_base_picture_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_base_picture_LDADD = libbase.a $(CMOCKA_LIBS) -lm -lpthread
endif
