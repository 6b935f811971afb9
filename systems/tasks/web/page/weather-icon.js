/** Drawings of the sky, put together from a few parts. */

const sun = (/** @type {number} */ x, /** @type {number} */ y) =>
  `<g class="sun" transform="translate(${x} ${y})"><circle r="9"/>${[0, 45, 90, 135, 180, 225, 270, 315]
    .map((turn) => `<path d="M0-13v-4" transform="rotate(${turn})"/>`)
    .join('')}</g>`;
const cloud = '<path class="cloud" d="M17 44a9 9 0 0 1 0-18 13 13 0 0 1 25-3 10.500 10.500 0 0 1 5 21z"/>';
const falling = (/** @type {string} */ kind, /** @type {string} */ line) =>
  `<g class="${kind}">${[20, 31, 42].map((x) => `<path d="M${x} 50${line}"/>`).join('')}</g>`;

/** @type {Record<string, string>} */
const drawings = {
  clear: sun(32, 32),
  clouds: sun(43, 22) + cloud,
  fog: '<g class="haze"><path d="M10 24h44M14 34h36M10 44h44"/></g>',
  drizzle: cloud + falling('drops', 'v3'),
  rain: cloud + falling('drops', 'l-3 10'),
  snow: cloud + falling('flakes', 'v.1m5 8v.1'),
  thunderstorm: `${cloud}<path class="bolt" d="m33 42-9 12h6l-3 9 10-13h-6l4-8z"/>`,
};

/**
 * The drawing of a condition, for eyes only: its word stands beside it.
 * @param {string} condition
 */
export function weatherIcon(condition) {
  const template = document.createElement('template');
  template.innerHTML = `<svg viewBox="0 0 64 64" aria-hidden="true">${drawings[condition] ?? cloud}</svg>`;
  return template.content;
}
