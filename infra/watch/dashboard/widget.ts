import type { Input } from '@pulumi/pulumi';
import type { Metric } from '../metric.ts';

/** A line of a graph. */
export interface Line {
  readonly label: string;
  readonly metric: Metric;
}

/**
 * A widget without its position:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export interface Widget {
  readonly type: 'metric' | 'alarm' | 'text';
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, Input<unknown>>>;
}

/** Width of a dashboard, in the units of CloudWatch. */
const dashboardWidth = 24;
const graph = { width: 8, height: 6 } as const;

/** Values of each minute, over time. */
export function graphWidget(
  region: string,
  title: string,
  lines: readonly Line[],
  { unit, isStacked = false }: { readonly unit: string; readonly isStacked?: boolean },
): Widget {
  return {
    ...{ type: 'metric', ...graph },
    properties: {
      ...{ title, region, view: 'timeSeries', stacked: isStacked, period: 60 },
      yAxis: { left: { label: unit, min: 0, showUnits: false } },
      metrics: lines.map(({ label, metric: { namespace, name, dimensions, statistic } }) => [
        ...[namespace, name, ...Object.entries(dimensions).flat()],
        { label, stat: statistic },
      ]),
    },
  };
}

/** Places widgets from left to right, and continues below when a row is full. */
export function placed(widgets: readonly Widget[]): readonly (Widget & { readonly x: number; readonly y: number })[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return widgets.map((widget) => {
    if (x + widget.width > dashboardWidth) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const place = { x, y };
    x += widget.width;
    rowHeight = Math.max(rowHeight, widget.height);
    return { ...widget, ...place };
  });
}
