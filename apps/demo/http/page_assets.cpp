#include "http/page_assets.hpp"

namespace demo {

const std::string_view page_head = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>edo demo</title>
<link rel="icon" href="data:,">
<style>
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #fff; --ink: #1d2329; --soft: #5b6670; --line: #dfdcd4;
  --good: #14716b; --bad: #b3391f; --code: #f3f1ea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181b; --card: #1b2024; --ink: #e5e7e8; --soft: #9aa5ad; --line: #2f373d;
    --good: #4fb8ae; --bad: #ef8a70; --code: #12161a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 64rem;
  background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Noto Sans", "DejaVu Sans", sans-serif;
}
h1 { margin: 0; font-size: 2.6rem; letter-spacing: -.03em; line-height: 1; }
h2 { margin: 0 0 .4rem; font-size: 1.05rem; }
header p { max-width: 46rem; color: var(--soft); }
header strong { color: var(--ink); font-weight: 600; }
code, pre, output { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
section, article {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 1rem 1.1rem;
}
section { position: sticky; top: .5rem; margin: 1.25rem 0; z-index: 1; }
section div { display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; }
#ticks { display: block; width: 100%; height: 56px; margin-top: .5rem; }
#gap { color: var(--soft); font-variant-numeric: tabular-nums; }
#gap.late { color: var(--bad); font-weight: 600; }
main { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); }
article { display: flex; flex-direction: column; border-top: 3px solid var(--good); }
article.bad { border-top-color: var(--bad); }
article p { margin: 0 0 .6rem; color: var(--soft); }
pre {
  margin: 0 0 .7rem; padding: .6rem .7rem; border-radius: 6px; background: var(--code);
  overflow-x: auto;
}
.try { display: flex; justify-content: space-between; align-items: center; gap: .5rem; }
a { color: var(--good); }
.bad a { color: var(--bad); }
button {
  font: inherit; font-size: 14px; padding: .2rem .8rem; border-radius: 6px; cursor: pointer;
  color: var(--card); background: var(--good); border: 0; white-space: nowrap;
}
.bad button { background: var(--bad); }
button:hover, button:focus-visible { filter: brightness(1.12); }
output { display: block; white-space: pre-wrap; overflow-wrap: anywhere; }
output:not(:empty) { border-top: 1px solid var(--line); padding-top: .5rem; margin-top: auto; }
</style>
</head>
<body>
)html";

const std::string_view page_ticks = R"html(<section>
<div><span><strong>Ticks</strong> of <a href="/ticks"><code>/ticks</code></a>, the gap before each:
100 ms while every task yields</span><span id="gap">waiting for the first</span></div>
<canvas id="ticks" role="img" aria-label="The gaps between the latest ticks"></canvas>
</section>
)html";

const std::string_view page_script = R"html(<script>
'use strict';
const canvas = document.getElementById('ticks');
const summary = document.getElementById('gap');
const gaps = [];                    // in ms, the latest last
const shown = 100, late = 160, tallest = 1200;

function draw() {
  const scale = devicePixelRatio || 1;
  const width = canvas.width = canvas.clientWidth * scale;
  const height = canvas.height = canvas.clientHeight * scale;
  const style = getComputedStyle(document.body);
  const ink = canvas.getContext('2d');
  const step = width / shown;
  gaps.forEach((gap, i) => {
    // Square roots: a gap of 100 ms is seen beside one of a second.
    const bar = Math.max(2, height * Math.sqrt(Math.min(gap, tallest) / tallest));
    ink.fillStyle = style.getPropertyValue(gap > late ? '--bad' : '--good');
    ink.fillRect((shown - gaps.length + i) * step, height - bar, Math.max(1, step - scale), bar);
  });
  const worst = Math.max(...gaps);
  summary.textContent = `largest gap of the last ${gaps.length}: ${Math.round(worst)} ms`;
  summary.className = worst > late ? 'late' : '';
}

let last = 0;
const ticks = new EventSource('/ticks');
ticks.onmessage = () => {
  const now = performance.now();
  if (last) gaps.push(now - last);
  if (gaps.length > shown) gaps.shift();
  last = now;
  if (gaps.length && !document.hidden) draw();
};
ticks.onerror = () => { last = 0; summary.textContent = 'the server does not answer'; };

async function ask(path) {
  const begin = performance.now();
  try {
    const answer = await fetch(path, {cache: 'no-store'});
    const text = await answer.text();
    return `${answer.status} after ${Math.round(performance.now() - begin)} ms\n${text}`;
  } catch (error) {
    return `failed: ${error.message}\n`;
  }
}

document.querySelectorAll('button').forEach((button) => {
  button.onclick = async () => {
    const output = button.closest('article').querySelector('output');
    output.textContent = '…';
    const all = Array.from({length: +button.dataset.times}, () => ask(button.dataset.path));
    output.textContent = (await Promise.all(all)).join('');
  };
});
</script>
</body>
</html>
)html";

}  // namespace demo
