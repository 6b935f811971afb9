/** Light and dark by the reader's system; narrow screens scroll tables, not the page. */
export const STYLE = `
:root { color-scheme: light dark; --fore: #1c1917; --dim: #57534e; --back: #fafaf9; --card: #fff; --edge: #d6d3d1;
  --good: #15803d; --bad: #b91c1c; --warn: #a16207; --line: #0f766e; }
@media (prefers-color-scheme: dark) { :root { --fore: #f5f5f4; --dim: #a8a29e; --back: #1c1917; --card: #292524;
  --edge: #44403c; --good: #4ade80; --bad: #fca5a5; --warn: #fcd34d; --line: #5eead4; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--fore); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 1rem 0 0; line-height: 1.25; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; } .dim { color: var(--dim); }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--edge); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; } caption { position: absolute; left: -999em; }
th, td { text-align: left; padding: .4rem .75rem; vertical-align: top; border-top: 1px solid var(--edge); }
thead th { border-top: 0; font-weight: 600; color: var(--dim); } tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
details { background: var(--card); border: 1px solid var(--edge); border-radius: .5rem; margin: .5rem 0; padding: .5rem .75rem; }
summary { cursor: pointer; overflow-wrap: anywhere; } ul { margin: .5rem 0; padding-left: 1.25rem; } li { margin: .25rem 0; overflow-wrap: anywhere; }
pre { margin: .5rem 0 0; overflow-x: auto; font: 13px/1.45 ui-monospace, monospace; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; } svg { display: block; }
`;
