/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/conf.h"
#include "base/fdio.h"
#include "harness/harness.h"

struct settings {
    char *name;
    char *other;
    bool on;
    uint32_t number;
    int choice;
};

static const char *const colours[] = { "red", "green", "blue", NULL };
static const struct conf_key keys[] = {
    { .name = "name", .type = CONF_STRING, .offset = offsetof(struct settings, name) },
    { .name = "other",
      .type = CONF_STRING,
      .offset = offsetof(struct settings, other),
      .fallback = "fallen back" },
    { .name = "on", .type = CONF_BOOL, .offset = offsetof(struct settings, on), .fallback = "yes" },
    { .name = "number",
      .type = CONF_NUMBER,
      .offset = offsetof(struct settings, number),
      .fallback = "7",
      .min = 5,
      .max = 500 },
    { .name = "choice",
      .type = CONF_CHOICE,
      .offset = offsetof(struct settings, choice),
      .choices = colours },
    { 0 },
};

static void settings_free(struct settings *s)
{
    free(s->name);
    free(s->other);
}

static void conf_drop(struct conf **conf)
{
    conf_free(*conf);
}

static const char *write_file(const char *name, struct view content)
{
    const char *path = scratch(name);

    assert_int_equal(file_replace(path, 0600, content), SSP_OK);
    return path;
}

static enum ssp_err load(const char *content, struct conf **ret)
{
    return conf_load_file(write_file("c", view_text(content)), ret);
}

static enum ssp_err load_and_read(const char *content, struct settings *ret)
{
    ssp_cleanup(conf_drop) struct conf *conf = NULL;

    SSP_TRY(load(content, &conf));
    return conf_read(conf, "s", keys, ret);
}

static void assert_blamed(const char *line_and_words)
{
    char want[300];

    (void)snprintf(want, sizeof(want), "%s:%s", scratch("c"), line_and_words);
    assert_memory_equal(conf_last_error(), want, strlen(want));
}

static void fills_every_member(void **state)
{
    ssp_cleanup(settings_free) struct settings s = { 0 };

    (void)state;
    assert_int_equal(load_and_read("# a comment\n[s]\n name =  with spaces in it \t\r\n"
                                   "other=a=b:c#d ; and a comment\n\n; comment\non = off\n"
                                   "number = 500\nchoice = blue",
                                   &s),
                     SSP_OK);
    assert_string_equal(s.name, "with spaces in it");
    assert_string_equal(s.other, "a=b:c#d");
    assert_false(s.on);
    assert_int_equal(s.number, 500);
    assert_int_equal(s.choice, 2);
}

static void what_is_not_set_falls_back(void **state)
{
    ssp_cleanup(settings_free) struct settings s = { 0 };

    (void)state;
    assert_int_equal(load_and_read("", &s), SSP_OK);
    assert_string_equal(s.name, "");
    assert_string_equal(s.other, "fallen back");
    assert_true(s.on);
    assert_int_equal(s.number, 7);
    assert_int_equal(s.choice, 0);
}

static void an_empty_value_is_set(void **state)
{
    ssp_cleanup(settings_free) struct settings s = { 0 };

    (void)state;
    assert_int_equal(load_and_read("\xef\xbb\xbf[s]\nother =\n", &s), SSP_OK);
    assert_string_equal(s.other, "");
}

static void every_word_for_yes_and_no(void **state)
{
    static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1" };

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        ssp_cleanup(settings_free) struct settings s = { .on = i % 2 == 0 };
        char content[32];

        (void)snprintf(content, sizeof(content), "[s]\non = %s\n", words[i]);
        assert_int_equal(load_and_read(content, &s), SSP_OK);
        assert_int_equal(s.on, i % 2 == 1);
    }
}

static void a_bad_value_names_file_and_line_and_changes_nothing(void **state)
{
    static const struct {
        const char *content;
        const char *blame;
    } rows[] = {
        { "[s]\nnmae = x\n", "2: [s] has no setting nmae" },
        { "[s]\n\n\non = maybe\n", "4: on: " },
        { "[s]\non =\n", "2: on: " },
        { "[s]\non = YES\n", "2: on: " },
        { "[s]\nnumber = 4\n", "2: number: " },
        { "[s]\nnumber = 501\n", "2: number: " },
        { "[s]\nnumber = 4294967396\n", "2: number: " }, /* 100 in 32 bits */
        { "[s]\nnumber = 99999999999999999999\n", "2: number: " },
        { "[s]\nnumber = -7\n", "2: number: " },
        { "[s]\nnumber = 0x10\n", "2: number: " },
        { "[s]\nnumber =\n", "2: number: " },
        { "[s]\nnumber = 10 20\n", "2: number: " },
        { "[s]\nchoice = Red\n", "2: choice: " },
        { "[s]\nname = x\nchoice = reddish\n", "3: choice: " },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct settings s = { .number = 42 };

        assert_int_equal(load_and_read(rows[i].content, &s), SSP_ERR_BAD_CONFIG);
        assert_blamed(rows[i].blame);
        assert_int_equal(s.number, 42);
        assert_null(s.name);
    }
}

static void a_line_that_says_nothing_is_refused(void **state)
{
    static const struct {
        const char *content;
        const char *blame;
    } rows[] = {
        { "name = x\n", "1: " },              /* in no section */
        { "[s]\nname\n", "2: " },             /* no '=' */
        { "[s]\nname x\n", "2: " },           /* none either */
        { "[s]\nname: x\n", "2: " },          /* inih would take it */
        { "[s]\nname ; = x\n", "2: " },       /* '=' in a comment */
        { "[s]\n= x\n", "2: " },              /* no name */
        { "[s\nname = x\n", "1: " },          /* no end */
        { "[s] name = x\n", "1: " },          /* inih would pass over it */
        { "[]\n", "1: " },                    /* no name */
        { "[s ;]\n", "1: " },                 /* nor here */
        { "[s]\nname = x\n  more\n", "3: " }, /* inih would join it */
        { "[s]\nname = x\nname = y\n", "3: name is set in line 2 already" },
        { "[s]\nname = a\x01z\n", "2: " },
        { "[s]\nname = a\xff\n", "2: " },
        { "[s]\n\x7f\n", "2: " },
        { "[0123456789012345678901234567890123456789012345678]\n"
          "01234567890123456789012345678901234567890123456789 = 1\n",
          "2: " },
        { "[01234567890123456789012345678901234567890123456789]\n", "1: " },
    };
    struct conf *conf = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(load(rows[i].content, &conf), SSP_ERR_BAD_CONFIG);
        assert_blamed(rows[i].blame);
        assert_null(conf);
    }
}

static void a_zero_byte_is_refused(void **state)
{
    static const uint8_t content[] = "[s]\nname = a\0b\n";
    struct conf *conf = NULL;

    (void)state;
    assert_int_equal(conf_load_file(write_file("c", (struct view){ content, 16 }), &conf),
                     SSP_ERR_BAD_CONFIG);
    assert_blamed("2: ");
}

static void a_line_is_whole_or_refused(void **state)
{
    char content[300] = "[s]\nname = ";
    ssp_cleanup(settings_free) struct settings s = { 0 };
    struct conf *conf = NULL;

    (void)state;
    memset(content + 11, 'x', 192); /* 199 bytes */
    assert_int_equal(load_and_read(content, &s), SSP_OK);
    assert_string_equal(s.name, content + 11);
    content[11 + 192] = 'x';
    assert_int_equal(load(content, &conf), SSP_ERR_BAD_CONFIG);
    assert_blamed("2: a line of more than 199 bytes");
}

static void too_many_settings_are_refused(void **state)
{
    static char content[200000] = "[s]\n";
    struct conf *conf = NULL;
    int at = 4;

    (void)state;
    for (int i = 0; i < 10001; i++)
        at += snprintf(content + at, sizeof(content) - (size_t)at, "n%d = 1\n", i);
    assert_int_equal(load(content, &conf), SSP_ERR_BAD_CONFIG);
    assert_blamed("10001: more than");
}

static bool is_s(void *arg, const char *section)
{
    (void)arg;
    return strcmp(section, "s") == 0;
}

static void an_unknown_section_is_an_error_even_if_empty(void **state)
{
    ssp_cleanup(conf_drop) struct conf *good = NULL;
    ssp_cleanup(conf_drop) struct conf *bad = NULL;

    (void)state;
    assert_int_equal(load("[s]\n[s]\nname = x\n", &good), SSP_OK);
    assert_int_equal(conf_check_sections(good, is_s, NULL), SSP_OK);
    assert_int_equal(load("[s]\n[t \"www\"] ; no such\n", &bad), SSP_OK);
    assert_int_equal(conf_check_sections(bad, is_s, NULL), SSP_ERR_BAD_CONFIG);
    assert_blamed("2: no section [t \"www\"] is known");
}

static enum ssp_err collect(void *arg, const char *name, const char *value)
{
    char *all = arg;
    size_t n = strlen(all);

    (void)snprintf(all + n, 200 - n, "%s=%s;", name, value);
    return strcmp(name, "stop") == 0 ? SSP_ERR_EXPIRED : SSP_OK;
}

static void visits_each_setting_of_a_section(void **state)
{
    ssp_cleanup(conf_drop) struct conf *conf = NULL;
    char all[200] = "";

    (void)state;
    assert_int_equal(
        load("[map]\na b = c\n[s]\nx = y\n[map]\nd\\e = f\nstop = 1\nafter = 2\n", &conf), SSP_OK);
    assert_int_equal(conf_each(conf, "map", collect, all), SSP_ERR_EXPIRED);
    assert_string_equal(all, "a b=c;d\\e=f;stop=1;");
    assert_int_equal(conf_each(conf, "none", collect, all), SSP_OK);
}

static enum ssp_err collect_section(void *arg, const char *section, const char *name)
{
    char *all = arg;
    size_t n = strlen(all);

    (void)snprintf(all + n, 200 - n, "%s=%s;", section, name);
    return strcmp(name, "stop") == 0 ? SSP_ERR_EXPIRED : SSP_OK;
}

static void visits_each_section_that_has_a_name_of_its_own(void **state)
{
    ssp_cleanup(settings_free) struct settings s = { 0 };
    ssp_cleanup(conf_drop) struct conf *conf = NULL;
    char all[200] = "";

    (void)state;
    assert_int_equal(load("[s]\nname = none\n[s \"www\"]\nname = x\n[st \"no\"]\n[t]\nname = t\n"
                          "[s\t\"two words\"]\n[s \"www\"]\non = no\n[s \"stop\"]\n"
                          "[s \"after\"]\n",
                          &conf),
                     SSP_OK);
    assert_int_equal(conf_each_section(conf, "s", collect_section, all), SSP_ERR_EXPIRED);
    assert_string_equal(all, "s \"www\"=www;s\t\"two words\"=two words;s \"stop\"=stop;");
    assert_int_equal(conf_each_section(conf, "none", collect_section, all), SSP_OK);
    assert_int_equal(conf_read(conf, "s \"www\"", keys, &s), SSP_OK);
    assert_string_equal(s.name, "x");
    assert_false(s.on);
}

static void a_section_whose_name_is_not_in_quotes_is_blamed(void **state)
{
    static const char *const bad[] = { "s www",  "s \"www",  "s \"",
                                       "s \"\"", "s \"a\"b", "s \"a\" \"b\"" };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ssp_cleanup(conf_drop) struct conf *conf = NULL;
        char text[60];
        char all[200] = "";

        (void)snprintf(text, sizeof(text), "[t]\n[%s]\n", bad[i]);
        assert_int_equal(load(text, &conf), SSP_OK);
        assert_int_equal(conf_each_section(conf, "s", collect_section, all), SSP_ERR_BAD_CONFIG);
        (void)snprintf(text, sizeof(text), "2: [%s]: the name has to be in quotes", bad[i]);
        assert_blamed(text);
    }
}

static void an_error_found_later_is_blamed_on_its_line(void **state)
{
    ssp_cleanup(conf_drop) struct conf *conf = NULL;

    (void)state;
    assert_int_equal(load("[s]\nname = x\n", &conf), SSP_OK);
    assert_int_equal(conf_blame(conf, "s", "name", "no such thing"), SSP_ERR_BAD_CONFIG);
    assert_blamed("2: name: no such thing");
    assert_int_equal(conf_blame(conf, "s", "other", "has to be set"), SSP_ERR_BAD_CONFIG);
    assert_non_null(strstr(conf_last_error(), "[s] other: has to be set"));
}

static void files_that_cannot_be_trusted_are_refused(void **state)
{
    const char *path = write_file("c", view_text("[s]\n"));
    struct conf *conf = NULL;

    (void)state;
    assert_int_equal(conf_load_file(scratch("none"), &conf), SSP_ERR_IO);
    assert_non_null(strstr(conf_last_error(), "No such file"));
    assert_int_equal(chmod(path, 0602), 0);
    assert_int_equal(conf_load_file(path, &conf), SSP_ERR_UNSAFE_FILE);
    assert_memory_equal(conf_last_error(), path, strlen(path));
    assert_null(conf);
}

static void later_files_win(void **state)
{
    ssp_cleanup(conf_drop) struct conf *conf = NULL;
    ssp_cleanup(settings_free) struct settings s = { 0 };
    char all[200] = "";

    (void)state;
    assert_int_equal(mkdir(scratch("opensspi"), 0700), 0);
    (void)write_file("opensspi/opensspi.conf", view_text("[s]\nname = user\nnumber = 77\n"));
    (void)setenv("XDG_CONFIG_HOME", scratch(""), 1);
    (void)setenv("OPENSSPI_CONFIG", write_file("named", view_text("[s]\nname = named\n")), 1);
    assert_int_equal(conf_load(&conf), SSP_OK);
    assert_int_equal(conf_read(conf, "s", keys, &s), SSP_OK);
    assert_string_equal(s.name, "named");
    assert_int_equal(s.number, 77);
    assert_int_equal(conf_each(conf, "s", collect, all), SSP_OK);
    assert_string_equal(all, "number=77;name=named;");
}

static void only_a_file_that_is_named_must_be_there(void **state)
{
    ssp_cleanup(conf_drop) struct conf *conf = NULL;
    struct conf *none = NULL;

    (void)state;
    (void)unsetenv("XDG_CONFIG_HOME");
    (void)setenv("HOME", scratch("nobody"), 1);
    (void)setenv("OPENSSPI_CONFIG", "", 1);
    assert_int_equal(conf_load(&conf), SSP_OK);
    (void)setenv("OPENSSPI_CONFIG", scratch("none"), 1);
    assert_int_equal(conf_load(&none), SSP_ERR_IO);
    assert_null(none);
}

/* ---- A setuid program --------------------------------------------------- */

enum { NOBODY = 65534, SETTINGS_SEEN = 0, SETTINGS_IGNORED = 3 };
static char just_look[] = "just-look"; /* the argument of a copy of this program */

static enum ssp_err note_setting(void *arg, const char *name, const char *value)
{
    bool *found = arg;

    (void)value;
    *found = *found || strcmp(name, "planted") == 0;
    return SSP_OK;
}

/* What the copy does. It leaves without a leak check: that needs to trace a process, and this one
 * may not be traced. */
_Noreturn static void look(void)
{
    struct conf *conf = NULL;
    bool found = false;

    if (conf_load(&conf) != SSP_OK || conf_each(conf, "s", note_setting, &found) != SSP_OK)
        _exit(1);
    _exit(found ? SETTINGS_SEEN : SETTINGS_IGNORED);
}

static void copy_myself(const char *path, mode_t mode)
{
    ssp_cleanup(fd_close) int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    ssp_cleanup(fd_close) int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    struct stat st = { 0 };

    assert_int_equal(fstat(from, &st), 0);
    for (ssize_t left = (ssize_t)st.st_size; left > 0;) {
        ssize_t n = sendfile(to, from, NULL, (size_t)left);

        assert_true(n > 0);
        left -= n;
    }
    assert_int_equal(fchown(to, NOBODY, NOBODY), 0);
    assert_int_equal(fchmod(to, mode), 0);
}

static int what_sees(const char *name, mode_t mode)
{
    ssp_cleanup(ssp_free) char *path = strdup(scratch(name));
    char *argv[] = { path, just_look, NULL };
    int status = -1;

    copy_myself(path, mode);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)execv(path, argv);
        _exit(2);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Only root can make a program of somebody else, and not everywhere does the kernel honour it. */
static bool may_be_setuid(void)
{
    struct statvfs fs = { 0 };

    return geteuid() == 0 && statvfs("/tmp", &fs) == 0 && (fs.f_flag & ST_NOSUID) == 0 &&
           prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
}

/* Whoever starts it must not choose which accounts it believes in. */
static void a_setuid_program_believes_no_environment(void **state)
{
    (void)state;
    assert_int_equal(mkdir(scratch("opensspi"), 0700), 0);
    (void)write_file("opensspi/opensspi.conf", view_text("[s]\nplanted = user\n"));
    (void)setenv("XDG_CONFIG_HOME", scratch(""), 1);
    (void)setenv("OPENSSPI_CONFIG", write_file("named", view_text("[s]\nplanted = named\n")), 1);
    assert_int_equal(what_sees("plain", 0755), SETTINGS_SEEN);
    assert_int_equal(what_sees("setuid", 04755), SETTINGS_IGNORED);
}

static void every_allocation_may_fail(void **state)
{
    const char *path = write_file("c", view_text("[s]\nname = x\nother = y\n"));
    enum ssp_err e = SSP_ERR_NO_MEMORY;
    size_t nth = 0;

    (void)state;
    for (; e == SSP_ERR_NO_MEMORY && nth < 50; nth++) {
        ssp_cleanup(conf_drop) struct conf *conf = NULL;
        ssp_cleanup(settings_free) struct settings s = { 0 };

        fault_malloc_at(nth);
        e = conf_load_file(path, &conf);
        if (e == SSP_OK)
            e = conf_read(conf, "s", keys, &s);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
    assert_true(nth > 5);
}

int main(int argc, char *argv[])
{
    if (argc == 2 && strcmp(argv[1], just_look) == 0)
        look();
    const struct CMUnitTest tests[] = {
        TEST(fills_every_member),
        TEST(what_is_not_set_falls_back),
        TEST(an_empty_value_is_set),
        TEST(every_word_for_yes_and_no),
        TEST(a_bad_value_names_file_and_line_and_changes_nothing),
        TEST(a_line_that_says_nothing_is_refused),
        TEST(a_zero_byte_is_refused),
        TEST(a_line_is_whole_or_refused),
        TEST(too_many_settings_are_refused),
        TEST(an_unknown_section_is_an_error_even_if_empty),
        TEST(visits_each_setting_of_a_section),
        TEST(visits_each_section_that_has_a_name_of_its_own),
        TEST(a_section_whose_name_is_not_in_quotes_is_blamed),
        TEST(an_error_found_later_is_blamed_on_its_line),
        TEST(files_that_cannot_be_trusted_are_refused),
        TEST(later_files_win),
        TEST(only_a_file_that_is_named_must_be_there),
        TEST(every_allocation_may_fail),
        CASE_IF(may_be_setuid(), TEST(a_setuid_program_believes_no_environment)),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
