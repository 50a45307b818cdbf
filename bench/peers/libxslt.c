/* Makes cache keys with libxslt; input and answers as in keys/native/main.go. */
#define _GNU_SOURCE
#include <libxml/parser.h>
#include <libxslt/transform.h>
#include <libxslt/xsltutils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct { char *bytes; int length; } text;

static text read_file(const char *name) {
  text t = {NULL, 0};
  FILE *f = fopen(name, "rb");
  if (!f) return t;
  fseek(f, 0, SEEK_END);
  t.length = (int)ftell(f);
  rewind(f);
  t.bytes = malloc(t.length);
  if (fread(t.bytes, 1, t.length, f) != (size_t)t.length) t.length = 0;
  fclose(f);
  return t;
}

static xsltStylesheetPtr compile(text sheet) {
  xmlDocPtr doc = xmlReadMemory(sheet.bytes, sheet.length, NULL, NULL, XML_PARSE_NOCDATA | XML_PARSE_NONET);
  return doc ? xsltParseStylesheetDoc(doc) : NULL;
}

static xmlNodePtr last_element(xmlNodePtr parent) {
  xmlNodePtr n = parent->last;
  while (n && n->type != XML_ELEMENT_NODE) n = n->prev;
  return n;
}

/* The payload moves to the root of its own document: Body is the last element of Envelope, the payload its only one. */
static int key(xsltStylesheetPtr sheet, text request, xmlChar **out, int *length) {
  xmlDocPtr doc = xmlReadMemory(request.bytes, request.length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
  if (!doc) return -1;
  xmlNodePtr envelope = xmlDocGetRootElement(doc);
  xmlNodePtr payload = last_element(last_element(envelope));
  xmlUnlinkNode(payload);
  xmlDocSetRootElement(doc, payload);
  xmlFreeNode(envelope);
  xmlDocPtr result = xsltApplyStylesheet(sheet, doc, NULL);
  int failed = !result || xsltSaveResultToString(out, length, result, sheet) < 0;
  if (result) xmlFreeDoc(result);
  xmlFreeDoc(doc);
  return failed;
}

static void run(char *method, text source, text request, int times) {
  xsltStylesheetPtr compiled = compile(source);
  xmlChar *out = NULL;
  int length = 0, failed = !compiled;
  struct timespec began, ended;
  clock_gettime(CLOCK_MONOTONIC, &began);
  for (int i = 0; i < times && !failed; i++) {
    xmlFree(out);
    out = NULL;
    xsltStylesheetPtr sheet = strcmp(method, "fresh") ? compiled : compile(source);
    failed = key(sheet, request, &out, &length);
    if (sheet != compiled) xsltFreeStylesheet(sheet);
  }
  clock_gettime(CLOCK_MONOTONIC, &ended);
  if (failed) {
    printf("error\tno key");
  } else {
    printf("%lld\t", (ended.tv_sec - began.tv_sec) * 1000000000LL + ended.tv_nsec - began.tv_nsec);
    for (int i = 0; i < length; i++) printf("%02x", out[i]);
  }
  printf("\n");
  fflush(stdout);
  xmlFree(out);
  xsltFreeStylesheet(compiled);
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, stdin) > 0) {
    char *method = strtok(line, "\t"), *sheet = strtok(NULL, "\t"), *request = strtok(NULL, "\t"), *times = strtok(NULL, "\n");
    text source = read_file(sheet), envelope = read_file(request);
    run(method, source, envelope, atoi(times));
    free(source.bytes);
    free(envelope.bytes);
  }
  free(line);
  return 0;
}
