// The look of <bcp-status>. Pairs of colours keep a contrast of 4.5:1 or more; each has a custom property of its own.
const css = `
:host {
  --ink: var(--bcp-ink, #17212b);
  --soft: var(--bcp-soft, #4a5866);
  --back: var(--bcp-back, #ffffff);
  --line: var(--bcp-line, #c9d2da);
  --good: var(--bcp-good, #12633a);
  --warn: var(--bcp-warn, #7a4b00);
  --bad: var(--bcp-bad, #a11a1a);
  display: block;
  color: var(--ink);
  font: var(--bcp-font, inherit);
  line-height: 1.45;
}
@media (prefers-color-scheme: dark) {
  :host {
    --ink: var(--bcp-ink, #e7edf2);
    --soft: var(--bcp-soft, #a9b6c2);
    --back: var(--bcp-back, #19222b);
    --line: var(--bcp-line, #36434f);
    --good: var(--bcp-good, #83d8a5);
    --warn: var(--bcp-warn, #f2c46d);
    --bad: var(--bcp-bad, #ff9d97);
  }
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
[part="panel"] {
  background: var(--back);
  border: 1px solid var(--line);
  border-radius: 0.5rem;
  padding: 1rem;
  overflow-wrap: break-word;
}
h1, h2, h3, h4, h5, h6, p, ul, ol { margin: 0; }
[part="heading"] { font-size: 1.15rem; }
.sub, summary { font-size: 0.9375rem; font-weight: 600; }
.top, .line, .foot { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: baseline; }
.top { margin-bottom: 0.5rem; }
.good { color: var(--good); }
.warn { color: var(--warn); }
.bad { color: var(--bad); }
.calm { color: var(--soft); }
[part="overall"] { font-weight: 700; }
[part="way"], [part="overall"] {
  border: 1px solid currentcolor;
  border-radius: 1rem;
  padding: 0 0.6rem;
}
[part="way"] { font-size: 0.8125rem; font-weight: 600; }
[part="catalogue"], [part="since"], [part="source"] { color: var(--soft); font-size: 0.8125rem; }
[part="now"] {
  margin-bottom: 0.5rem;
  padding: 0.5rem 0.75rem 0.75rem;
  border: 2px solid var(--bad);
  border-radius: 0.5rem;
  font-weight: 600;
}
[part="now"].warn { --bad: var(--warn); color: inherit; }
[part="now"].bad { color: inherit; }
[part="now"] > .sub { font-size: 1rem; color: var(--bad); }
[part="now"] ol { padding-inline-start: 1.5rem; }
[part="now"] button { margin-top: 0.5rem; color: var(--back); background: var(--bad); border-color: var(--bad); }
[part="section"] { margin-top: 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
summary { cursor: pointer; padding: 0.25rem 0; }
[part="section"] > ul, .one { list-style: none; padding: 0; }
[part="guide"] > summary { font-size: 0.8125rem; font-weight: 400; color: var(--soft); }
[part="item"] { padding: 0.5rem 0; }
[part="item"] + [part="item"] { border-top: 1px solid var(--line); }
[part="guidance"]:not(.one) { padding-inline-start: 1.5rem; }
[part="guidance"] { margin-top: 0.25rem; }
[part="guidance"], [part="about"] { max-width: 50rem; }
[part="guidance"] li { margin: 0.125rem 0; }
.otherwise, .when { margin-top: 0.375rem; color: var(--soft); font-size: 0.875rem; }
.foot {
  margin-top: 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--line);
  flex-direction: column; align-items: stretch;
}
.buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.25rem; }
[part="helpdesk"] { font-size: 0.8125rem; }
[part="services"] { color: var(--soft); overflow-wrap: anywhere; }
a { color: inherit; }
.card, [part="printed"] { display: none; }
button {
  font: inherit;
  min-height: 2.5rem;
  padding: 0.3rem 0.9rem;
  color: var(--ink);
  background: transparent;
  border: 1px solid var(--soft);
  border-radius: 0.5rem;
  cursor: pointer;
}
:focus-visible { outline: 3px solid currentcolor; outline-offset: 2px; }
.announcer {
  position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}
@media print, (forced-colors: active) { /* what the colours tell, in lines */
  [part="way"].bad, [part="overall"].bad { border-width: 3px; }
  [part="way"].warn, [part="overall"].warn { border: 2px dashed; }
  [part="now"] button { color: ButtonText; background: ButtonFace; }
}
@media print {
  :host { --ink: #000; --soft: #333; --back: #fff; --good: #000; --warn: #000; --bad: #000; }
  [part="panel"] { border: 0; padding: 0; }
  [part="item"] { break-inside: avoid; }
  summary { list-style: none; }
  [part="guide"] > summary, .otherwise { color: var(--ink); font-size: inherit; font-weight: 700; margin-top: 0.5rem; }
  details.calm:not([open]), #summary-all { display: none; }
  button { display: none; }
  a[part="status-site"]::after { content: " (" attr(href) ")"; }
  [part="printed"] { display: block; }
  :host([printing="card"]) [part="panel"] { display: none; }
  .card { display: block; color: #000; columns: 18rem 2; font-size: 0.75rem; line-height: 1.3; }
  .card h1, .card footer { column-span: all; }
  .card h1 { font-size: 1.25rem; margin-bottom: 0.5rem; }
  .card h2 { font-size: 0.875rem; margin: 0; }
  .card section { break-inside: avoid; padding-bottom: 0.5rem; }
  .card .otherwise { font-size: inherit; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** The style sheet, one for all elements of the page. */
export function statusStyle(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    if ('replaceSync' in sheet) sheet.replaceSync(css); // the jsdom of jest has none, and no looks either
  }
  return sheet;
}
