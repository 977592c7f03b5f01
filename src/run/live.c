// SPDX-License-Identifier: BSD-3-Clause
#include "run/live.h"

#include "run/live_picture.h"

#include <dlfcn.h>
#include <langinfo.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *const libraries[] = {"libncursesw.so.6", "libncursesw.so.5"};

typedef struct curses { // functions of ncurses; a screen is its SCREEN
    void *library;
    void *(*newterm)(const char *type, FILE *out, FILE *in);
    int (*endwin)(void);
    int (*erase)(void);
    int (*refresh)(void);
    int (*addstr)(int row, int column, const char *text, int bytes);
    int (*resize)(int rows, int columns);
    int (*cursor)(int visibility);
    void (*delete)(void *screen);
} curses;

struct pn_live {
    pn_log *log;
    curses curses;
    void *screen; // NULL: not drawn on yet
    FILE *keys;   // of the terminal, which nobody reads
    bool is_away; // the usual page is shown
    int rows, columns;
    pthread_mutex_t lock; // what has to be said may come from another thread
    pn_live_facts facts;
    pn_live_picture picture;
};

// ISO C knows no conversion from an object's to a function's address.
static bool find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

static bool open_curses(curses *c)
{
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries && !c->library; i++)
        c->library = dlopen(libraries[i], RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    void *l = c->library;
    return l && find(l, "newterm", &c->newterm) && find(l, "endwin", &c->endwin) &&
           find(l, "erase", &c->erase) && find(l, "refresh", &c->refresh) &&
           find(l, "mvaddnstr", &c->addstr) && find(l, "resizeterm", &c->resize) &&
           find(l, "curs_set", &c->cursor) && find(l, "delscreen", &c->delete);
}

static bool read_size(int *rows, int *columns)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
        return false;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return *rows >= PN_LIVE_LEAST_HEIGHT && *columns >= PN_LIVE_LEAST_WIDTH;
}

static bool can_be_drawn_on(void)
{
    const char *type = getenv("TERM");
    int rows, columns;
    return type && *type && strcmp(type, "dumb") != 0 && isatty(STDERR_FILENO) &&
           isatty(STDIN_FILENO) && read_size(&rows, &columns);
}

static void leave(void *live)
{
    pn_live *l = live;
    pthread_mutex_lock(&l->lock);
    if (l->screen && !l->is_away)
        l->curses.endwin();
    l->is_away = true;
    pthread_mutex_unlock(&l->lock);
}

pn_live *pn_live_open(pn_log *log, bool is_mixed)
{
    if (!can_be_drawn_on())
        return NULL;
    pn_live *live = calloc(1, sizeof *live);
    if (!live || !open_curses(&live->curses)) {
        free(live);
        return NULL;
    }
    setlocale(LC_CTYPE, ""); // of characters alone: numbers keep their point
    live->facts.has_blocks = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    live->facts.is_mixed = is_mixed;
    pthread_mutex_init(&live->lock, NULL);
    live->log = log;
    log->leave = leave;
    log->screen = live;
    return live;
}

static bool open_screen(pn_live *l)
{
    if (!l->screen && !l->keys) {
        int keys = dup(STDIN_FILENO);
        l->keys = keys >= 0 ? fdopen(keys, "r") : NULL;
        l->screen = l->keys ? l->curses.newterm(NULL, l->log->stream, l->keys) : NULL;
        if (l->screen)
            l->curses.cursor(0);
    }
    return l->screen != NULL;
}

static void draw(pn_live *l, int rows, int columns)
{
    if (rows != l->rows || columns != l->columns)
        l->curses.resize(rows, columns);
    l->rows = rows;
    l->columns = columns;
    pn_live_draw(&l->facts, columns, rows, &l->picture);
    l->curses.erase();
    for (int i = 0; i < l->picture.height; i++)
        l->curses.addstr(i, 0, l->picture.line[i], -1);
    l->curses.refresh();
    l->is_away = false;
}

void pn_live_note(pn_live *l, const pn_progress *progress)
{
    pn_live_add(&l->facts, progress);
}

void pn_live_show(pn_live *l)
{
    int rows, columns;
    if (atomic_load(&l->log->pending)) // a line of before
        pn_log_settle(l->log);
    pthread_mutex_lock(&l->lock);
    // A terminal that has become too small shows nothing until it grows again.
    if (read_size(&rows, &columns) && open_screen(l))
        draw(l, rows, columns);
    pthread_mutex_unlock(&l->lock);
}

void pn_live_end(pn_live *l)
{
    leave(l);
    memset(l->facts.flops, 0, sizeof l->facts.flops);
    l->facts.progress.share = 0;
}

void pn_live_close(pn_live *l)
{
    if (!l)
        return;
    leave(l);
    l->log->leave = NULL;
    if (l->screen)
        l->curses.delete(l->screen);
    if (l->keys)
        fclose(l->keys);
    pthread_mutex_destroy(&l->lock);
    free(l);
}
