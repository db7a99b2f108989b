noinst_LIBRARIES += libformats.a
libformats_a_SOURCES = src/formats/empty.c
