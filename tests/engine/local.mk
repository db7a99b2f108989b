# tests of src/engine
if HAVE_CMOCKA
ENGINE_TEST_LIBS = libengine.a libbase.a $(CMOCKA_LIBS) $(CHOLMOD_LIBS) \
	$(LAPACKE_LIBS) $(OPENBLAS_LIBS) -lm -lpthread
ENGINE_TEST_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/engine \
	$(OPENBLAS_CFLAGS) $(LAPACKE_CFLAGS)

ENGINE_TESTS = tests/engine/lineage tests/engine/merges tests/engine/engine tests/engine/lrmf tests/engine/evaluate tests/engine/holdout tests/engine/baseline tests/engine/study \
	tests/engine/simulated tests/engine/question tests/engine/factors tests/engine/sparse tests/engine/loadings tests/engine/local tests/engine/state \
	tests/engine/backtest tests/engine/suggest tests/engine/target tests/engine/item_response tests/engine/prospect tests/engine/decision tests/engine/race

check_PROGRAMS += $(ENGINE_TESTS)
TESTS += $(ENGINE_TESTS)
tests_engine_lineage_SOURCES = tests/engine/lineage.c tests/test.h
tests_engine_lineage_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_lineage_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_merges_SOURCES = tests/engine/merges.c tests/engine/engine_world.h tests/engine/score_cells.h tests/engine/draw.h tests/test.h
tests_engine_merges_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_merges_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_engine_SOURCES = tests/engine/engine.c tests/engine/engine_world.h tests/engine/score_cells.h tests/engine/draw.h tests/test.h
tests_engine_engine_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_engine_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_target_SOURCES = tests/engine/target.c tests/test.h
tests_engine_target_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_target_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_lrmf_SOURCES = tests/engine/lrmf.c tests/test.h
tests_engine_lrmf_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_lrmf_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_evaluate_SOURCES = tests/engine/evaluate.c tests/engine/draw.h tests/test.h
tests_engine_evaluate_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_evaluate_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_holdout_SOURCES = tests/engine/holdout.c tests/engine/sparse_world.h tests/engine/draw.h tests/test.h
tests_engine_holdout_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_holdout_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_study_SOURCES = tests/engine/study.c tests/engine/sparse_world.h tests/engine/draw.h tests/test.h
tests_engine_study_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_study_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_baseline_SOURCES = tests/engine/baseline.c tests/engine/sparse_world.h tests/engine/draw.h tests/test.h
tests_engine_baseline_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_baseline_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_simulated_SOURCES = tests/engine/simulated.c tests/engine/score_cells.h tests/engine/draw.h tests/test.h
tests_engine_simulated_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_simulated_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_question_SOURCES = tests/engine/question.c tests/test.h
tests_engine_question_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_question_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_item_response_SOURCES = tests/engine/item_response.c tests/engine/draw.h tests/test.h
tests_engine_item_response_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_item_response_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_prospect_SOURCES = tests/engine/prospect.c tests/engine/engine_world.h tests/engine/score_cells.h \
	tests/engine/draw.h tests/test.h
tests_engine_prospect_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_prospect_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_decision_SOURCES = tests/engine/decision.c tests/engine/engine_world.h tests/engine/score_cells.h \
	tests/engine/draw.h tests/test.h
tests_engine_decision_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_decision_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_race_SOURCES = tests/engine/race.c tests/engine/engine_world.h tests/engine/score_cells.h \
	tests/engine/draw.h tests/test.h
tests_engine_race_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_race_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_factors_SOURCES = tests/engine/factors.c tests/engine/engine_world.h tests/engine/score_cells.h \
	tests/engine/draw.h tests/test.h
tests_engine_factors_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_factors_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_sparse_SOURCES = tests/engine/sparse.c tests/engine/draw.h tests/test.h
tests_engine_sparse_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_sparse_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_loadings_SOURCES = tests/engine/loadings.c
tests_engine_loadings_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_loadings_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_local_SOURCES = tests/engine/local.c tests/engine/engine_world.h tests/engine/score_cells.h \
	tests/engine/draw.h tests/test.h
tests_engine_local_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_local_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_state_SOURCES = tests/engine/state.c tests/engine/engine_world.h tests/engine/score_cells.h tests/engine/draw.h tests/test.h
tests_engine_state_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_state_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_backtest_SOURCES = tests/engine/backtest.c tests/engine/score_cells.h tests/test.h
tests_engine_backtest_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_backtest_LDADD = $(ENGINE_TEST_LIBS)
tests_engine_suggest_SOURCES = tests/engine/suggest.c tests/engine/engine_world.h tests/engine/score_cells.h tests/engine/draw.h tests/test.h
tests_engine_suggest_CPPFLAGS = $(ENGINE_TEST_CPPFLAGS)
tests_engine_suggest_LDADD = $(ENGINE_TEST_LIBS)
endif
