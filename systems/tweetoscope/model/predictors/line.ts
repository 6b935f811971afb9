/** y ≈ intercept + slope·x. */
export interface Line {
  readonly intercept: number;
  readonly slope: number;
}

/** Least squares, with the leave-one-out answers in closed form (r/(1−h)). All x equal: a constant. */
export function fitLine(x: Float64Array, y: Float64Array): { line: Line; leaveOneOut: Float64Array } {
  const n = x.length;
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / n;
  const [mx, my] = [mean(x), mean(y)];
  const sxx = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  const sxy = x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
  const slope = sxx > 1e-12 ? sxy / sxx : 0;
  const line = { intercept: my - slope * mx, slope };
  const leaveOneOut = x.map((value, i) => {
    const leverage = 1 / n + (sxx > 1e-12 ? (value - mx) ** 2 / sxx : 0);
    const residual = y[i]! - line.intercept - slope * value;
    return y[i]! - residual / Math.max(1 - leverage, 1e-6);
  });
  return { line, leaveOneOut };
}
