# Benchmarks print figures; nothing in them passes or fails.
EXTRA_PROGRAMS = bench/bench bench/lrmf
check_PROGRAMS += bench/scale
bench_bench_SOURCES = bench/bench.c bench/median.h
bench_bench_CPPFLAGS = $(AM_CPPFLAGS) $(OPENBLAS_CFLAGS) $(LAPACKE_CFLAGS)
bench_bench_LDADD = libapp.a libengine.a libstore.a libformats.a libsync.a libbase.a $(STEMMA_EXTERNAL_LIBS)
bench_lrmf_SOURCES = bench/lrmf.c
bench_lrmf_CPPFLAGS = $(AM_CPPFLAGS) $(OPENBLAS_CFLAGS)
bench_lrmf_LDADD = libengine.a libbase.a $(STEMMA_EXTERNAL_LIBS)
bench_scale_SOURCES = bench/scale.c bench/hub.h bench/hub.c
bench_scale_LDADD = libtui.a libapp.a libengine.a libstore.a libformats.a libsync.a libbase.a $(STEMMA_EXTERNAL_LIBS)
EXTRA_DIST += bench/import.sh
CLEANFILES += bench/bench bench/lrmf bench/*.db bench/*.db-wal bench/*.db-shm

# With the reference data beside the project on all of it, else on the starter set.
.PHONY: bench bench-scale
bench: stemma$(EXEEXT) bench/bench$(EXEEXT) bench/lrmf$(EXEEXT) bench/scale$(EXEEXT)
	$(AM_V_at)rm -f bench/bench.db bench/bench.db-wal bench/bench.db-shm
	$(AM_V_at)STEMMA_SHARE='$(abs_top_srcdir)/tests/share' bench/bench$(EXEEXT) bench/bench.db \
		'$(abs_top_srcdir)/../shared/data'
	$(AM_V_at)bench/lrmf$(EXEEXT)
	$(AM_V_at)bench/scale$(EXEEXT) --keys bench/bench.db
	$(AM_V_at)bench/scale$(EXEEXT) bench 20000 200000
	$(AM_V_at)for size in 10 100 1000; do \
		$(SHELL) '$(srcdir)/bench/import.sh' $$size '$(abs_builddir)/stemma$(EXEEXT)'; done

# The whole Hub: takes minutes and 1 GB of disk.
bench-scale: bench/scale$(EXEEXT)
	$(AM_V_at)bench/scale$(EXEEXT) bench 20000 200000 2000000

