noinst_LIBRARIES += libengine.a
libengine_a_SOURCES = \
	include/stemma/engine/engine.h src/engine/fit.h src/engine/fit.c src/engine/state.c src/engine/lapack.h \
	src/engine/posterior.h src/engine/posterior.c src/engine/dense.c src/engine/sparse.c \
	src/engine/sparse_factor.c src/engine/sparse.h src/engine/graph.c \
	src/engine/calibrate.c src/engine/query.h src/engine/query.c src/engine/query_why.c \
	include/stemma/engine/answers.h src/engine/answers.c \
	include/stemma/engine/answer_model.h src/engine/answer_model.h \
	src/engine/answer_model.c \
	include/stemma/engine/anomalies.h src/engine/anomalies.c \
	include/stemma/engine/backtest.h src/engine/backtest.c \
	include/stemma/engine/evaluate.h src/engine/evaluate.c \
	include/stemma/engine/front.h src/engine/front.c \
	include/stemma/engine/lrmf.h src/engine/lrmf.c src/engine/lrmf_locate.c src/engine/lrmf_loss.h src/engine/lrmf_loss.c \
	include/stemma/engine/suggest.h src/engine/suggest.c src/engine/search.h src/engine/search.c \
	src/engine/search_list.c src/engine/search_look.c \
	include/stemma/engine/parents.h src/engine/parents.h src/engine/parents.c \
	src/engine/parents_features.c src/engine/parents_answers.c src/engine/parents_learn.c \
	src/engine/parents_test.c \
	include/stemma/engine/plan.h src/engine/plan.c \
	include/stemma/engine/question_plan.h src/engine/question_choice.h \
	src/engine/question_choice.c src/engine/question_plan.c src/engine/question_test.c \
	src/engine/random.h src/engine/random.c \
	src/engine/statistics.h src/engine/statistics.c \
	include/stemma/engine/lineage.h src/engine/lineage.c \
	src/engine/covariance.h src/engine/covariance.c \
	src/engine/attributes.h src/engine/attributes.c \
	src/engine/kernel.h src/engine/kernel.c \
	src/engine/mixed.h src/engine/mixed.c src/engine/equations.h src/engine/equations.c \
	src/engine/neighbours.h src/engine/neighbours.c src/engine/vecchia.h src/engine/vecchia.c \
	src/engine/laplacian.h src/engine/laplacian.c \
	src/engine/transform.h src/engine/transform.c \
	src/engine/variance.h src/engine/variance.c
libengine_a_CPPFLAGS = $(AM_CPPFLAGS) $(OPENBLAS_CFLAGS) $(LAPACKE_CFLAGS) $(NLOPT_CFLAGS)
# Nothing here looks at errno or at floating-point traps, which keep loops from
# being vectorised.
libengine_a_CFLAGS = $(AM_CFLAGS) -O3 -fno-math-errno -fno-trapping-math
