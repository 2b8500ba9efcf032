/** The page's style sheet. Colours are chosen for a contrast of 4.5 to 1 and more on every surface they lie on. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --panel: #ffffff; --sunken: #f0f2f5; --line: #dde1e7; --line-strong: #858d99;
  --text: #1b2028; --quiet: #535c69; --link: #0b57b8; --focus: #0b6bdb;
  --good: #14692f; --good-soft: #e3f3e7; --bad: #b3201c; --bad-soft: #fdeaea; --bad-line: #efb9b6;
  --caution: #7a4d00; --caution-soft: #fcf1da; --plain-soft: #e9ecf1; --selected: #e2eefc; --found: #fff0b3;
  --bar-good: #3f9d5d; --bar-bad: #d2453f; --bar-other: #8a93a1;
  --mono: ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", Consolas, monospace;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #13161b; --panel: #1b1f26; --sunken: #15191f; --line: #2e343e; --line-strong: #7c8695;
    --text: #e6e9ee; --quiet: #a5aebb; --link: #83b7ff; --focus: #6aa9ff;
    --good: #76d392; --good-soft: #17301f; --bad: #ff9c95; --bad-soft: #3a1d1e; --bad-line: #6b3335;
    --caution: #f0c069; --caution-soft: #362a12; --plain-soft: #292f39; --selected: #1d3350; --found: #574610;
    --bar-good: #4fae6d; --bar-bad: #e0605a; --bar-other: #7c8695;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 3.5rem; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 var(--sans); -webkit-text-size-adjust: 100%; }
h1, h2, h3, p, ul, ol, dl, dd, pre { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 1.5rem; line-height: 1.3; font-weight: 650; overflow-wrap: anywhere; }
h1::first-letter { text-transform: uppercase; }
h2 { font-size: 1.12rem; font-weight: 650; }
h3 { font-size: .95rem; font-weight: 600; overflow-wrap: anywhere; }
h2:focus, main:focus { outline: none; }
code, pre { font-family: var(--mono); font-size: .86em; unicode-bidi: plaintext; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: var(--link); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
button, input { font: inherit; color: inherit; }
button { background: var(--panel); border: 1px solid var(--line-strong); border-radius: 7px; padding: .2rem .65rem; cursor: pointer; }
button:hover { background: var(--sunken); }
input[type=search] { background: var(--panel); border: 1px solid var(--line-strong); border-radius: 7px; padding: .25rem .6rem; min-width: 0; width: 22rem; max-width: 100%; }
input::placeholder { color: var(--quiet); opacity: 1; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999rem; top: .5rem; background: var(--panel); padding: .5rem 1rem; z-index: 5; }
.skip:focus { left: .5rem; }
.note, .about, .keys, .status, .empty, .kicker { color: var(--quiet); }
.keys { font-size: .85rem; margin-top: .5rem; }
.empty { padding: .8rem 0; }

.verdict { background: var(--panel); border-bottom: 1px solid var(--line); padding: 1.6rem max(1.25rem, calc((100vw - 1280px) / 2)) 1.3rem; }
.verdict-line { display: flex; gap: 1rem; align-items: flex-start; }
.verdict .sign { flex: none; width: 2.6rem; height: 2.6rem; border-radius: 50%; display: grid; place-items: center; font-size: 1.25rem; font-weight: 700; background: var(--plain-soft); color: var(--quiet); }
.verdict.succeeded .sign { background: var(--good-soft); color: var(--good); }
.verdict.failed .sign, .verdict.rejected .sign { background: var(--bad-soft); color: var(--bad); }
.verdict.cancelled .sign, .verdict.unknown .sign { background: var(--caution-soft); color: var(--caution); }
.kicker { font-size: .85rem; overflow-wrap: anywhere; }
.marks { display: flex; flex-wrap: wrap; gap: .4rem; margin: .9rem 0 0 3.6rem; }
.mark, .badge, .chip { border-radius: 999px; padding: .05rem .6rem; font-size: .82rem; background: var(--plain-soft); color: var(--text); white-space: nowrap; }
.mark { max-width: 100%; overflow: hidden; text-overflow: ellipsis; }
.mark.when { background: none; padding-left: 0; color: var(--quiet); }
.mark.good { background: var(--good-soft); color: var(--good); }
.mark.caution, .badge.caution { background: var(--caution-soft); color: var(--caution); }
.mark.bad, .badge.bad { background: var(--bad-soft); color: var(--bad); }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.1rem 0 0 3.6rem; }
.tile { display: block; min-width: 7rem; padding: .5rem .9rem .55rem; border: 1px solid var(--line); border-radius: 10px; text-decoration: none; color: inherit; background: var(--panel); }
.tile:hover { border-color: var(--line-strong); }
.tile-count { display: block; font-size: 1.45rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile-word { font-size: .85rem; color: var(--quiet); }
.tile-sign { margin-right: .35em; }
.tile.failed:not(.none), .tile.error:not(.none) { background: var(--bad-soft); border-color: var(--bad-line); }
.tile.failed:not(.none) *, .tile.error:not(.none) * { color: var(--bad); }
.tile.passed:not(.none) .tile-count { color: var(--good); }
.tile.warning:not(.none) .tile-count, .tile.retried .tile-count, .tile.unknown .tile-count { color: var(--caution); }

nav { position: sticky; top: 0; z-index: 3; background: var(--page); border-bottom: 1px solid var(--line); padding: 0 max(1.25rem, calc((100vw - 1280px) / 2)); overflow-x: auto; }
nav ul { display: flex; gap: 1.4rem; }
nav a { display: block; padding: .6rem 0; color: var(--quiet); text-decoration: none; white-space: nowrap; font-size: .92rem; }
nav a:hover { color: var(--text); text-decoration: underline; }
main { max-width: calc(1280px + 2.5rem); margin: 0 auto; padding: .5rem 1.25rem 4rem; }
section { margin-top: 2rem; }
.section-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .8rem; margin-bottom: .75rem; }
.panel, .card { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; }
.toolbar { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin-bottom: .6rem; }
.toolbar .status { margin-left: auto; font-size: .88rem; font-variant-numeric: tabular-nums; }
.filters { display: flex; flex-wrap: wrap; gap: .35rem; margin-right: .4rem; }
.filter { border-radius: 999px; }
.filter[data-count]::after { content: attr(data-count); margin-left: .45em; color: var(--quiet); font-size: .85em; font-variant-numeric: tabular-nums; }
.filter[aria-pressed=true] { background: var(--text); border-color: var(--text); color: var(--panel); }
.filter[aria-pressed=true]::after { color: inherit; }
.more { margin-top: .75rem; }

.cards { display: grid; gap: .75rem; }
.card { padding: .9rem 1.1rem 1rem; border-left: 4px solid var(--bar-bad); min-width: 0; }
.card > * + * { margin-top: .5rem; }
.display { font-weight: 400; color: var(--quiet); }
.message { font-size: .88rem; }
.card .message { color: var(--bad); }
.details { color: var(--quiet); font-size: .8rem; margin-top: .3rem; }
.failures { display: grid; gap: .55rem; }
.place { color: var(--quiet); font-size: .8rem; overflow-wrap: anywhere; }
.about { font-size: .85rem; }
.hint { font-size: .92rem; }
.again { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .7rem; }
.again-label { font-size: .85rem; color: var(--quiet); }
.copyable { display: inline-flex; align-items: center; gap: .5rem; min-width: 0; max-width: 100%; }
.copyable code { overflow-wrap: anywhere; }
.again .copyable code { background: var(--sunken); padding: .15rem .5rem; border-radius: 5px; }
.copy { flex: none; font-size: .75rem; padding: 0 .5rem; }

table { border-collapse: collapse; width: 100%; text-align: left; }
th { font-weight: 600; }
.timeline td, .timeline th { padding: .4rem .9rem; border-top: 1px solid var(--line); }
.timeline thead td, .timeline thead th { border-top: 0; color: var(--quiet); font-size: .82rem; font-weight: 500; }
.timeline tbody th { white-space: nowrap; }
.timeline .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.timeline .track { width: 55%; }
.timeline .outcome { color: var(--quiet); white-space: nowrap; }
.timeline .outcome.failed { color: var(--bad); } .timeline .outcome.interrupted { color: var(--caution); }
.lane { display: block; position: relative; height: .7rem; }
.bar { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: 3px; background: var(--bar-good); }
.bar.failed { background: var(--bar-bad); } .bar.interrupted, .bar.unknown { background: var(--bar-other); }

.tests-split { display: grid; grid-template-columns: minmax(0, 1fr) 24rem; gap: .75rem; align-items: start; }
.grid { --row: 32px; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; max-height: min(36rem, 75vh); overflow: auto; position: relative; }
.grid-head { position: sticky; top: 0; z-index: 1; background: var(--panel); border-bottom: 1px solid var(--line); }
.grid-body { position: relative; }
.grid .row { display: grid; grid-template-columns: 10.5rem minmax(0, 1fr) 10rem 5.5rem; align-items: center; height: var(--row); }
.grid.columns-3 .row { grid-template-columns: 10.5rem minmax(0, 1fr) 5.5rem; }
.grid-body .row { position: absolute; left: 0; right: 0; cursor: default; border-bottom: 1px solid var(--sunken); }
.grid-body .row:hover { background: var(--sunken); }
.grid-body .row[aria-selected=true] { background: var(--selected); }
.grid:focus-visible .row[aria-selected=true] { box-shadow: inset 3px 0 var(--focus); }
.cell { padding: 0 .7rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; min-width: 0; }
.cell.name { font-family: var(--mono); font-size: .82rem; unicode-bidi: plaintext; }
.cell.seconds { text-align: right; font-size: .86rem; font-variant-numeric: tabular-nums; }
.cell.device { color: var(--quiet); font-size: .86rem; }
.grid-head .cell { font-family: var(--sans); font-size: .82rem; padding: 0; overflow: visible; }
.grid-head button { border: 0; background: none; padding: 0 .7rem; font-size: .82rem; color: var(--quiet); width: 100%; text-align: inherit; }
.grid-head button:focus-visible { outline-offset: -2px; }
.grid-head [aria-sort=ascending] button, .grid-head [aria-sort=descending] button { color: var(--text); font-weight: 600; }
.grid-head [aria-sort=ascending] button::after { content: " ↑" / ""; } .grid-head [aria-sort=descending] button::after { content: " ↓" / ""; }
.chip { background: none; padding: 0; color: var(--quiet); }
.chip.passed { color: var(--good); } .chip.failed { color: var(--bad); font-weight: 600; } .chip.unknown, .chip.expected_failure { color: var(--caution); }
.test-more, .test-in { color: var(--quiet); }
.test-in { font-family: var(--sans); margin-left: .7em; }
.test-details { padding: .9rem 1.1rem; max-height: min(36rem, 75vh); overflow: auto; }
.test-details > * + * { margin-top: .7rem; }
.test-details h3 .chip { margin-right: .3rem; }
.repetitions { display: grid; gap: .4rem; }
dl { display: grid; gap: .35rem; }
dl > div { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: .6rem; }
dt { color: var(--quiet); font-size: .88rem; overflow-wrap: anywhere; }
.facts summary { padding: 0; } .facts summary + dl { margin-top: .6rem; }
dd { overflow-wrap: anywhere; font-size: .92rem; }

.file + .file { border-top: 1px solid var(--line); }
summary { cursor: pointer; padding: .55rem 1rem; }
.file > summary { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .8rem; }
.file > summary::before { content: "▸" / ""; color: var(--quiet); width: .8em; }
.file[open] > summary::before { content: "▾" / ""; }
.file-name { overflow-wrap: anywhere; }
.badges { display: flex; gap: .35rem; margin-left: auto; }
.diagnostics { padding: 0 1rem .8rem 2.4rem; display: grid; gap: .55rem; }
.diagnostic { display: grid; grid-template-columns: 1.1rem 4rem minmax(0, 1fr); gap: .3rem .5rem; }
.diagnostic .at { font-family: var(--mono); font-size: .82rem; color: var(--quiet); font-variant-numeric: tabular-nums; padding-top: .1rem; }
.diagnostic.error .severity { color: var(--bad); } .diagnostic.warning .severity { color: var(--caution); } .diagnostic.note .severity { color: var(--quiet); }
.files > .more { padding: 0 1rem 1rem; }
.differences { margin-top: .75rem; }
.differences td, .differences th { padding: .3rem 1rem; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }

.log { --row: 20px; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; max-height: min(40rem, 80vh); overflow: auto; position: relative; }
.log-body { position: relative; }
.log-row { position: absolute; left: 0; min-width: 100%; width: max-content; height: var(--row); line-height: var(--row); font: 12.5px/20px var(--mono); white-space: pre; display: flex; }
.line-number { flex: none; width: 5.2rem; padding-right: 1rem; text-align: right; color: var(--quiet); text-decoration: none; user-select: none; font-variant-numeric: tabular-nums; }
.line-number:hover { color: var(--link); text-decoration: underline; }
.line-text { padding-right: 1rem; unicode-bidi: plaintext; }
.log-row.told-error { background: var(--bad-soft); } .log-row.told-error .line-text { color: var(--bad); }
.log-row.told-warning .line-text { color: var(--caution); }
.log-row.told-verdict .line-text { font-weight: 700; }
.log-row.found { background: var(--found); } .log-row.found .line-text, .log-row.found .line-number { color: var(--text); }
.log-row.current { box-shadow: inset 4px 0 var(--focus); }
.log-row.current:not(.found):not(.told-error) { background: var(--selected); }
.log-row.gap { padding-left: 6.2rem; color: var(--quiet); background: var(--sunken); font-style: italic; }
.cut { margin-bottom: .6rem; }

.fact-groups { columns: 2 30rem; column-gap: .75rem; }
.facts { padding: .9rem 1.1rem; break-inside: avoid; margin-bottom: .75rem; }
.facts h3 { margin-bottom: .6rem; }

@media (max-width: 1000px) { .tests-split { grid-template-columns: minmax(0, 1fr); } .test-details { max-height: 24rem; } .grid { max-height: 26rem; } }
@media (max-width: 640px) {
  .marks, .tiles { margin-left: 0; }
  .grid .row, .grid.columns-3 .row { grid-template-columns: 2.2rem minmax(0, 1fr) 5rem; }
  .cell.device, .grid-head .cell.outcome button { display: none; }
  .cell.outcome { padding-right: 0; }
  .timeline .track { display: none; }
  dl > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
  input[type=search] { width: 100%; }
}
@media (forced-colors: active) { .grid-body .row[aria-selected=true], .log-row.current { outline: 2px solid Highlight; outline-offset: -2px; } .bar { background: CanvasText; forced-color-adjust: none; } }
.printed { display: none; }
@media print {
  :root { --page: #fff; --panel: #fff; --sunken: #f4f4f4; --line: #ccc; --line-strong: #888; --text: #000; --quiet: #444; --link: #000; --good: #0b5a25; --good-soft: #fff; --bad: #9c1512; --bad-soft: #fff; --bad-line: #c99; --caution: #6b4300; --caution-soft: #fff; --plain-soft: #fff; --selected: #fff; --found: #fff; color-scheme: light; }
  body { font-size: 10.5pt; }
  .skip, nav, .toolbar, .tests-split, .log-view, .keys, .copy, .more { display: none; }
  .printed { display: block; font-size: 8.5pt; }
  .printed td, .printed th { padding: .1rem .6rem .1rem 0; vertical-align: top; overflow-wrap: anywhere; border-bottom: 1px solid var(--line); }
  .printed .test-name { font-family: var(--mono); }
  .verdict, main { padding-left: 0; padding-right: 0; }
  .card, .panel, .tile { break-inside: avoid; }
  .files { break-inside: auto; }
  .mark:not(.when), .tile { border: 1px solid var(--line); }
  .printed .chip { font-size: inherit; }
  .bar { print-color-adjust: exact; }
}
`
