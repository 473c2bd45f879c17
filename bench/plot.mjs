// The plot of the ratios, an SVG: how many times as fast, or as small, each figure is as its first rival. Drawn by echarts,
// which needs no browser for it.

import { createRequire } from 'node:module';
import { figures, subjects } from './figures.mjs';
import { times } from './report.mjs';

const height = 22; // of one figure
const letter = 5.8; // how wide one is at most on average; without a browser nobody can measure
const colors = ['#4e79a7', '#59a14f', '#f28e2b', '#76b7b2', '#b07aa1', '#9c755f', '#e15759'];

/** The plot of what was measured, as text. */
export function plot(results) {
  const echarts = createRequire(new URL('package.json', import.meta.url))('echarts');
  const points = pointsOf(results);
  const left = Math.ceil(letter * Math.max(...points.map(({ label }) => label.length)));
  const chart = echarts.init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: left + 480,
    height: 90 + height * points.length,
  });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'Arial, Helvetica, sans-serif' },
    title: {
      text: 'How many times as fast as the rival, or as small; what is right of 1x is better',
      left: 8,
      top: 6,
      textStyle: { fontSize: 15 },
    },
    grid: { left, right: 60, top: 40, bottom: 40 },
    xAxis: {
      type: 'log',
      min: 0.001,
      axisLabel: { fontSize: 11, formatter: (value) => `${value.toLocaleString('en-US')}x` },
      splitLine: { lineStyle: { color: '#e5e5e5' } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: points.map(({ label }) => label),
      axisLine: { show: false },
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
      .filter((name) => {
        const ratio = results[name]?.rivals[0]?.ratio;
        return ratio > 0 && Number.isFinite(ratio);
      })
      .map((name) => {
        const { what, rivals, unit } = figures[name];
        const { ratio } = results[name].rivals[0];
        const isRate = unit === 'rate' || unit === 'bytes/s';
        const label = `${what} : ${rivals[0].against}`.replaceAll('`', '');
        return { label, gain: isRate ? ratio : 1 / ratio, color: colors[i] };
      }),
  );
}
