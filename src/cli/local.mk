noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = src/cli/empty.c

bin_PROGRAMS += stemma
stemma_SOURCES = src/cli/main.c
stemma_LDADD = $(STEMMA_LIBS) $(STEMMA_EXTERNAL_LIBS)
