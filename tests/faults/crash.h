/* Crash: in whose code a program ends by a signal. */
#ifndef STEMMA_TESTS_FAULTS_CRASH_H
#define STEMMA_TESTS_FAULTS_CRASH_H

/* The longest name of a library, with its end. */
#define CRASH_NAME 64

/* From now on a crash or an abort() of this process writes the name of the file
 * that has the code to `name`, in memory that outlives it: the first of the callers
 * that is not of the language's own libraries. */
void crash_watch(char *name);

#endif
