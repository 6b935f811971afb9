// Runs in the report page, after uPlot and DATA.
/* global uPlot, DATA */
const main = document.getElementById('page');
const OURS = 'blend';
const HUES = [28, 350, 265, 300, 175, 90, 50, 130, 200];

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const minutes = (seconds) => (seconds % 3600 === 0 ? `${seconds / 3600} h` : `${seconds / 60} min`);
const digits = (value) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3);
const windows = [...new Set(DATA.scores.map((score) => score.window))];
const methods = [...new Set(DATA.scores.map((score) => score.method))];
const scoreOf = (method, window) => DATA.scores.find((s) => s.method === method && s.window === window);

function element(tag, text, parent, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  parent.append(made);
  return made;
}

function table(head, rows, parent) {
  const made = element('table', undefined, element('div', undefined, parent, 'scroll'));
  const top = element('tr', undefined, made);
  for (const name of head) element('th', name, top);
  for (const { cells, className } of rows) {
    const row = element('tr', undefined, made, className);
    for (const cell of cells) element('td', cell.text ?? cell, row, cell.className);
  }
}

function axis(extra) {
  return {
    stroke: colour('--soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    ...extra,
  };
}

function chart(parent, caption, { series, data, height = 260, ...options }) {
  const figure = element('figure', undefined, parent);
  if (caption) element('figcaption', caption, figure);
  const columns =
    parent.className === 'charts' ? Math.max(1, Math.floor((parent.clientWidth + 24) / 354)) : 1;
  const width = Math.floor((parent.clientWidth - 24 * (columns - 1)) / columns);
  new uPlot({ width, height, series, ...options }, data, figure);
}

function section(title, text) {
  element('h2', title, main);
  element('p', text, main);
  return element('div', undefined, main, 'charts');
}

function drawAccuracy() {
  const place = section(
    'Error by window',
    'Median absolute relative error against the final size, each cascade predicted by a model that has not seen it; lower is better. Values above 1 are off the chart.',
  );
  place.className = '';
  const line = (method, i) => {
    const ours = method === OURS;
    const stroke = ours ? colour('--ours') : `hsl(${HUES[i % HUES.length]} 55% 52%)`;
    return {
      label: method,
      stroke,
      width: ours ? 3 : 1.3,
      points: { show: true, size: ours ? 7 : 4 },
      value: (_, v) => v?.toFixed(3),
    };
  };
  chart(place, '', {
    height: 380,
    series: [
      { label: 'window', value: (_, i) => (i == null ? '' : minutes(windows[i])) },
      ...methods.map(line),
    ],
    data: [windows.map((_, i) => i), ...methods.map((m) => windows.map((w) => scoreOf(m, w).medianARE))],
    scales: { x: { time: false, range: [-0.2, windows.length - 0.8] }, y: { range: [0, 1] } },
    axes: [
      axis({ splits: () => windows.map((_, i) => i), values: () => windows.map(minutes) }),
      axis({ label: 'median error', labelSize: 24 }),
    ],
  });
}

function drawScores() {
  section(
    'Scores',
    'Median (mean) error; then coverage of the 90 % interval, median of high/low, and CRPS over the size. Ours is blue, rows in italics were measured before.',
  ).remove();
  const cells = (method) =>
    windows.map((w) => {
      const s = scoreOf(method, w);
      return `${digits(s.medianARE)} (${digits(s.meanARE)})`;
    });
  const published = DATA.published.map(({ method, values }) => ({
    className: 'published',
    cells: [
      `${method}, published`,
      ...windows.map((w) => (values[w] ? `${values[w][0]} (${values[w][1] ?? '–'})` : '–')),
    ],
  }));
  const rows = methods.map((method) => ({
    cells: [method, ...cells(method)],
    className: method === OURS ? 'ours' : '',
  }));
  table(['method', ...windows.map(minutes)], [...published, ...rows], main);
  element('p', ' ', main);
  const quality = (method) =>
    windows.map((w) => {
      const s = scoreOf(method, w);
      return `${Math.round(100 * s.coverage)} % · ×${digits(s.width)} · ${digits(s.crps)}`;
    });
  table(
    ['coverage · width · CRPS/N', ...windows.map(minutes)],
    methods.map((method) => ({
      cells: [method, ...quality(method)],
      className: method === OURS ? 'ours' : '',
    })),
    main,
  );
}

function drawComparisons() {
  section(
    'Ours against each other method',
    'Difference of the mean error with its 95 % interval by paired bootstrap over the cascades; negative: ours is better; green: the whole interval is below 0.',
  ).remove();
  const cell = (method, w) => {
    const found = DATA.comparisons.find((c) => c.against === method && c.window === w);
    if (!found) return '–';
    const { value, low, high } = found.mean;
    return {
      text: `${digits2(value)} [${digits2(low)}, ${digits2(high)}]`,
      className: high < 0 ? 'sure' : '',
    };
  };
  const digits2 = (value) => (Math.abs(value) >= 100 ? value.toExponential(1) : value.toFixed(3));
  const rows = methods
    .filter((m) => m !== OURS)
    .map((m) => ({ cells: [m, ...windows.map((w) => cell(m, w))] }));
  table(['method', ...windows.map(minutes)], rows, main);
}

function drawCalibration() {
  const place = section(
    'Calibration',
    'How often the truth lay below each quantile. On the diagonal a forecast means what it says.',
  );
  for (const window of windows) {
    chart(place, minutes(window), {
      height: 240,
      legend: { show: false },
      series: [
        { label: 'said' },
        { label: 'perfect', stroke: colour('--soft'), dash: [4, 4], points: { show: false } },
        { label: 'found', stroke: colour('--ours'), width: 2, value: (_, v) => v?.toFixed(2) },
      ],
      data: [DATA.levels, DATA.levels, scoreOf(OURS, window).calibration],
      scales: { x: { time: false, range: [0, 1] }, y: { range: [0, 1] } },
      axes: [axis(), axis()],
    });
  }
}

function drawFans() {
  for (const { window, fans } of DATA.fans) {
    const place = section(
      `Forecasts after ${minutes(window)}`,
      'The cascades whose errors rank at a quarter, a half and nine tenths. Bands hold 50 % and 90 %; the line is what happened.',
    );
    for (const fan of fans) drawFan(place, fan);
  }
}

function drawFan(place, fan) {
  const edge = { stroke: 'transparent', points: { show: false } };
  const band = (from, to, alpha) => ({ series: [from, to], fill: `${colour('--ours')}${alpha}` });
  const labels = ['5 %', '25 %', 'median', '75 %', '95 %'];
  const round = (_, v) => (v == null ? '' : Math.round(v).toString());
  chart(place, fan.title, {
    series: [
      { label: 'hours', value: (_, v) => v?.toFixed(2) },
      ...labels.map((label, i) => ({
        ...edge,
        label,
        value: round,
        ...(i === 2 ? { stroke: colour('--ours'), dash: [5, 4] } : {}),
      })),
      { label: 'truth', stroke: colour('--ink'), width: 2, points: { show: false }, value: round },
    ],
    data: [fan.hours, ...fan.paths, fan.truth],
    bands: [band(5, 1, '22'), band(4, 2, '44')],
    legend: { show: false },
    scales: { x: { time: false, distr: 3 }, y: { range: (_, __, max) => [0, max * 1.05] } },
    axes: [
      axis({ values: (_, splits) => splits.map((v) => (v && Math.log10(v) % 1 === 0 ? `${v} h` : '')) }),
      axis({ size: 60 }),
    ],
  });
}

function draw() {
  main.replaceChildren();
  element('h1', 'Which tweets will travel?', main);
  element(
    'p',
    `${DATA.cascades} cascades of ${DATA.name}. Every forecast is for a cascade that its model has not seen.`,
    main,
  );
  drawAccuracy();
  drawScores();
  drawComparisons();
  if (methods.includes(OURS)) {
    drawCalibration();
    drawFans();
  }
}

draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
