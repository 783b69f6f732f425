/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over every file of a folder: the corpus as a regression test, with any
 * compiler.  An empty or missing folder fails: a target without a corpus tests nothing. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An exact-size heap copy, so that ASan sees a read one byte too far. */
static int run(const char *dir, const char *name, int nth)
{
    static uint8_t buf[1 << 20];
    char path[4096];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "rbe");
    if (f == NULL)
        return -1;
    size_t n = fread(buf, 1, sizeof(buf), f);
    (void)fclose(f);

    uint8_t *exact = malloc(n);
    if (exact == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        exact[i] = buf[i];
    (void)LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    printf("ok %d - %s\n", nth, name);
    return 0;
}

int main(int argc, char *argv[])
{
    struct dirent **names = NULL;
    int n = argc == 2 ? scandir(argv[1], &names, NULL, alphasort) : -1;
    int done = 0;

    for (int i = 0; i < n; i++) {
        if (names[i]->d_name[0] != '.' && run(argv[1], names[i]->d_name, ++done) != 0)
            return EXIT_FAILURE;
        free(names[i]);
    }
    free(names);
    printf("1..%d\n", done);
    return done > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
