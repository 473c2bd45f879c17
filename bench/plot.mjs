// The plot of the ratios, an SVG: how many times as fast, or as small, each figure is as its first rival. Drawn by echarts,
// which needs no browser for it.

import { createRequire } from 'node:module';
import { figures, subjects } from './figures.mjs';
import { times } from './report.mjs';

const height = 22; // of one figure
const colors = ['#4e79a7', '#59a14f', '#f28e2b', '#76b7b2', '#b07aa1', '#9c755f', '#e15759'];

/** The plot of what was measured, as text. */
export function plot(results) {
  const echarts = createRequire(new URL('package.json', import.meta.url))('echarts');
  const points = pointsOf(results);
  const chart = echarts.init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: 900,
    height: 90 + height * points.length,
  });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: {
      text: 'How many times as fast as the rival, or as small',
      left: 8,
      top: 6,
      textStyle: { fontSize: 15 },
    },
    grid: { left: 8, right: 60, top: 40, bottom: 28, containLabel: true },
    xAxis: {
      type: 'log',
      min: 0.1,
      axisLabel: { formatter: (value) => `${value}x` },
      splitLine: { lineStyle: { color: '#e5e5e5' } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: points.map(({ label }) => label),
      axisTick: { show: false },
      axisLabel: { fontSize: 11 },
    },
    series: [
      {
        type: 'bar',
        barWidth: '65%',
        data: points.map(({ gain, color }) => ({ value: gain, itemStyle: { color } })),
        label: { show: true, position: 'right', fontSize: 11, formatter: ({ value }) => times(value) },
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: '#333333', type: 'solid' },
          data: [{ xAxis: 1 }],
        },
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function pointsOf(results) {
  return subjects.flatMap(([, some], i) =>
    Object.keys(some)
      .filter(
        (name) =>
          results[name]?.rivals.length > 0 &&
          results[name].rivals[0].ratio > 0 &&
          Number.isFinite(results[name].rivals[0].ratio),
      )
      .map((name) => {
        const { what, rivals, unit } = figures[name];
        const { ratio } = results[name].rivals[0];
        const isRate = unit === 'rate' || unit === 'bytes/s';
        const label = `${what} : ${rivals[0].against}`.replaceAll('`', '');
        return { label, gain: isRate ? ratio : 1 / ratio, color: colors[i] };
      }),
  );
}
