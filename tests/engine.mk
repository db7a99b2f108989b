# tests of src/engine
if HAVE_CMOCKA
ENGINE_TEST_LIBS = libengine.a libbase.a $(CMOCKA_LIBS) $(CHOLMOD_LIBS) \
	$(LAPACKE_LIBS) $(OPENBLAS_LIBS) -lm -lpthread
ENGINE_TEST_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/engine \
	$(OPENBLAS_CFLAGS) $(LAPACKE_CFLAGS)

ENGINE_TESTS = tests/unit/lineage tests/unit/merges tests/unit/engine tests/unit/lrmf tests/unit/evaluate tests/unit/holdout tests/unit/baseline tests/unit/study \
	tests/unit/simulated tests/unit/question tests/unit/factors tests/unit/loadings tests/unit/local tests/unit/state \
	tests/unit/backtest tests/unit/suggest tests/unit/target

check_PROGRAMS += $(ENGINE_TESTS)
TESTS += $(ENGINE_TESTS)
tests_unit_lineage_SOURCES = tests/unit/lineage.c tests/unit/test.h
tests_unit_lineage_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_lineage_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_merges_SOURCES = tests/unit/merges.c tests/unit/engine_world.h tests/unit/score_cells.h tests/unit/draw.h tests/unit/test.h
tests_unit_merges_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_merges_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_engine_SOURCES = tests/unit/engine.c tests/unit/engine_world.h tests/unit/score_cells.h tests/unit/draw.h tests/unit/test.h
tests_unit_engine_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_engine_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_target_SOURCES = tests/unit/target.c tests/unit/test.h
tests_unit_target_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_target_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_lrmf_SOURCES = tests/unit/lrmf.c tests/unit/test.h
tests_unit_lrmf_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_lrmf_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_evaluate_SOURCES = tests/unit/evaluate.c tests/unit/draw.h tests/unit/test.h
tests_unit_evaluate_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_evaluate_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_holdout_SOURCES = tests/unit/holdout.c tests/unit/sparse_world.h tests/unit/draw.h tests/unit/test.h
tests_unit_holdout_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_holdout_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_study_SOURCES = tests/unit/study.c tests/unit/sparse_world.h tests/unit/draw.h tests/unit/test.h
tests_unit_study_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_study_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_baseline_SOURCES = tests/unit/baseline.c tests/unit/sparse_world.h tests/unit/draw.h tests/unit/test.h
tests_unit_baseline_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_baseline_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_simulated_SOURCES = tests/unit/simulated.c tests/unit/score_cells.h tests/unit/draw.h tests/unit/test.h
tests_unit_simulated_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_simulated_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_question_SOURCES = tests/unit/question.c tests/unit/test.h
tests_unit_question_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_question_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_factors_SOURCES = tests/unit/factors.c tests/unit/engine_world.h tests/unit/score_cells.h \
	tests/unit/draw.h tests/unit/test.h
tests_unit_factors_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_factors_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_loadings_SOURCES = tests/unit/loadings.c
tests_unit_loadings_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_loadings_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_local_SOURCES = tests/unit/local.c tests/unit/engine_world.h tests/unit/score_cells.h \
	tests/unit/draw.h tests/unit/test.h
tests_unit_local_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_local_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_state_SOURCES = tests/unit/state.c tests/unit/engine_world.h tests/unit/score_cells.h tests/unit/draw.h tests/unit/test.h
tests_unit_state_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_state_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_backtest_SOURCES = tests/unit/backtest.c tests/unit/score_cells.h tests/unit/test.h
tests_unit_backtest_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_backtest_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_suggest_SOURCES = tests/unit/suggest.c tests/unit/engine_world.h tests/unit/score_cells.h tests/unit/draw.h tests/unit/test.h
tests_unit_suggest_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_unit_suggest_LDADD = $(ENGINE_TEST_LIBS)
endif
