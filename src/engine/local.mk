noinst_LIBRARIES += libengine.a
libengine_a_SOURCES = \
	include/stemma/engine/engine.h src/engine/model/fit.h src/engine/model/fit.c src/engine/model/state.c \
	src/engine/model/residual.c src/engine/model/factors.h src/engine/model/factors_fit.h \
	src/engine/model/factors.c src/engine/model/factors_solve.c src/engine/model/factors_outside.c \
	src/engine/model/factors_subjects.c src/engine/model/factors_target.c src/engine/model/factors_calibrate.c src/engine/model/factors_place.c \
	src/engine/model/factors_why.c src/engine/model/factors_prior.c src/engine/model/local.h src/engine/model/local.c \
	src/engine/model/inherited.h src/engine/model/inherited.c src/engine/model/child.h src/engine/model/child.c \
	src/engine/model/belief.h src/engine/model/belief.c src/engine/model/parameters.h src/engine/model/parameters.c \
	src/engine/model/loadings.h src/engine/model/loadings.c \
	src/engine/model/parameters_start.c src/engine/model/solution.h src/engine/model/solution.c \
	src/engine/model/design.h src/engine/model/design_parts.h src/engine/model/design.c src/engine/model/design_terms.c \
	src/engine/model/design_members.c src/engine/model/design_laplacian.c src/engine/model/design_places.c \
	src/engine/solve/system.h src/engine/solve/system.c src/engine/solve/small.h src/engine/solve/machine.h \
	src/engine/solve/lapack.h \
	src/engine/data/cells.h src/engine/data/cells.c src/engine/data/scale.h src/engine/data/scale.c src/engine/data/texts.h src/engine/data/texts.c \
	src/engine/data/spread.h src/engine/data/spread.c \
	src/engine/ask/query.h src/engine/ask/query.c src/engine/ask/query_why.c \
	include/stemma/engine/answers.h src/engine/answers/answers.c \
	include/stemma/engine/answer_model.h src/engine/answers/answer_model.h \
	src/engine/answers/answer_model.c \
	src/engine/answers/network.h src/engine/answers/network.c src/engine/answers/network_features.c \
	include/stemma/engine/study.h src/engine/judge/study.c src/engine/judge/baseline_network.c \
	include/stemma/engine/anomalies.h src/engine/ask/anomalies.c \
	include/stemma/engine/backtest.h src/engine/judge/backtest.c \
	include/stemma/engine/evaluate.h src/engine/judge/evaluate.c \
	include/stemma/engine/holdout.h src/engine/judge/holdout.c \
	src/engine/judge/copies.h src/engine/judge/copies.c src/engine/judge/split.h src/engine/judge/split.c \
	src/engine/judge/masked.h src/engine/judge/masked.c src/engine/judge/method.h src/engine/judge/method.c \
	src/engine/judge/baseline.h src/engine/judge/baseline.c src/engine/judge/baseline_als.c \
	src/engine/judge/baseline_factor.c src/engine/judge/baseline_nearest.c src/engine/judge/baseline_size.c \
	src/engine/judge/figures.h src/engine/judge/figures.c src/engine/judge/relatives.h src/engine/judge/relatives.c \
	include/stemma/engine/front.h src/engine/search/front.c \
	include/stemma/engine/lrmf.h src/engine/answers/lrmf.c src/engine/answers/lrmf_locate.c src/engine/answers/lrmf_loss.h src/engine/answers/lrmf_loss.c \
	include/stemma/engine/suggest.h src/engine/search/explore.h src/engine/search/explore.c src/engine/search/suggest.c src/engine/search/search.h src/engine/search/search.c src/engine/search/merges.c \
	src/engine/search/search_list.c src/engine/search/search_look.c \
	include/stemma/engine/parents.h src/engine/guess/parents.h src/engine/guess/parents.c \
	src/engine/guess/parents_features.c src/engine/guess/parents_answers.c src/engine/guess/parents_learn.c \
	src/engine/guess/parents_test.c \
	include/stemma/engine/plan.h src/engine/ask/plan.c include/stemma/engine/prospect.h src/engine/ask/prospect.c \
	include/stemma/engine/decision.h src/engine/ask/decision.c \
	include/stemma/engine/race.h src/engine/ask/race.c src/engine/judge/race_test.c \
	include/stemma/engine/explore_test.h src/engine/judge/explore_test.c \
	include/stemma/engine/question_plan.h src/engine/answers/question_choice.h \
	src/engine/answers/question_choice.c src/engine/answers/question_plan.c src/engine/answers/question_test.c \
	src/engine/answers/answer_twins.h src/engine/answers/answer_twins.c src/engine/answers/item_response.h src/engine/answers/item_response.c \
	src/engine/data/random.h src/engine/data/random.c \
	src/engine/data/statistics.h src/engine/data/statistics.c \
	include/stemma/engine/lineage.h src/engine/data/lineage.c \
	src/engine/data/attributes.h src/engine/data/attributes.c \
	src/engine/data/supposed.h src/engine/data/supposed.c \
	src/engine/data/target.c
# Rooms name each other's headers: "model/fit.h".
libengine_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/src/engine $(OPENBLAS_CFLAGS) $(LAPACKE_CFLAGS)
# Nothing here looks at errno or at floating-point traps, which keep loops from
# being vectorised.
libengine_a_CFLAGS = $(AM_CFLAGS) -O3 -fno-math-errno -fno-trapping-math
