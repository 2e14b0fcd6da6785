/* Entry points of glibc 2.38 for libraries that were linked against it: the same functions, but for binary literals. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#define FORWARD(type, name, character)                                                                                 \
    type __isoc23_##name(const character *text, character **end, int radix) { return name(text, end, radix); }

FORWARD(long, strtol, char)
FORWARD(unsigned long, strtoul, char)
FORWARD(long long, strtoll, char)
FORWARD(unsigned long long, strtoull, char)
FORWARD(long, wcstol, wchar_t)
FORWARD(unsigned long, wcstoul, wchar_t)
FORWARD(long long, wcstoll, wchar_t)
FORWARD(unsigned long long, wcstoull, wchar_t)

int __isoc23_sscanf(const char *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int count = vsscanf(text, format, arguments);
    va_end(arguments);
    return count;
}
