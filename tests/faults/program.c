/* The program as a function, for the tests that make it fail. */
int stemma_main(int argc, char **argv);

#define main stemma_main
#include "../../src/cli/main.c"
