import { onlyFaults, startSoundAws } from '../../../testing/sound-aws.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';

testWithDynamo('a bucket whose versioning is not as the settings say fails, whichever is wrong', async (t) => {
  const versioned = await startSoundAws(t);
  onlyFaults(
    t,
    await versioned.check({ versioned: false }),
    /^fail corpus corpus: keeps versions.*REARVIEW_VERSIONED to true/,
  );
  const plain = await startSoundAws(t, { versioned: false });
  onlyFaults(t, await plain.check());
  onlyFaults(t, await plain.check({ versioned: true }), /^fail corpus corpus: keeps no versions \(versioning: Never\)/);
});
