import test from 'ava';
import { joinsIndex } from './tidy-index.ts';

test('segments are joined every fifteen minutes of the schedule, or at once if someone asks', (t) => {
  const at = (time: string) =>
    joinsIndex({ version: '0', source: 'aws.events', 'detail-type': 'Scheduled Event', time });
  const minutes = Array.from({ length: 60 }, (_, minute) => minute);
  const due = minutes.filter((minute) => at(`2026-12-01T03:${String(minute).padStart(2, '0')}:12Z`));
  t.deepEqual(due, [0, 15, 30, 45]);
  t.true(joinsIndex({ joinIndex: true }));
  for (const event of [{}, null, 'x', { joinIndex: false }, { time: 'soon' }, { joinIndex: 'yes' }])
    t.false(joinsIndex(event));
});
