/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/mock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINES = 16 };

struct line {
    char name[40];
    long value;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct line lines[MAX_LINES];
static size_t n_lines;

struct mock_counts mock_counts;

static void set(const char *name, long value)
{
    size_t i = 0;

    while (i < n_lines && strcmp(lines[i].name, name) != 0)
        i++;
    if (i == MAX_LINES)
        return;
    if (i == n_lines)
        n_lines++;
    (void)snprintf(lines[i].name, sizeof(lines[i].name), "%s", name);
    lines[i].value = value;
}

static void run_line(const char *text)
{
    char name[40] = "";
    char value[40] = "";

    if (strcmp(text, "clear") == 0)
        n_lines = 0;
    else if (sscanf(text, "set %39s %39s", name, value) == 2)
        set(name, strtol(value, NULL, 0));
}

void mock_script_run(const char *text, size_t n)
{
    char copy[512] = "";
    char *rest = copy;

    if (n >= sizeof(copy))
        return;
    memcpy(copy, text, n);
    (void)pthread_mutex_lock(&mutex);
    for (char *at = strsep(&rest, ";\n"); at != NULL; at = strsep(&rest, ";\n"))
        run_line(at);
    (void)pthread_mutex_unlock(&mutex);
}

void mock_script_from_environment(void)
{
    const char *text = getenv("OPENSSPI_MOCK");

    mock_script_run("clear", strlen("clear"));
    if (text != NULL)
        mock_script_run(text, strlen(text));
}

bool mock_told(const char *name, long *ret)
{
    bool found = false;

    (void)pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < n_lines && !found; i++) {
        found = strcmp(lines[i].name, name) == 0;
        if (found)
            *ret = lines[i].value;
    }
    (void)pthread_mutex_unlock(&mutex);
    return found;
}

long mock_count(const char *name)
{
    const struct {
        const char *name;
        long value;
    } rows[] = {
        { "creds", mock_counts.creds },
        { "contexts", mock_counts.contexts },
        { "user_contexts", mock_counts.user_contexts },
        { "terminated", mock_counts.terminated },
        { "call_attributes", mock_counts.call_attributes },
        { "call_client_pid", mock_counts.call_client_pid },
        { "logon_low", mock_counts.logon_low },
        { "instances", mock_counts.instances },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].value;
    return -1;
}
