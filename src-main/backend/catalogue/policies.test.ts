import { expect, it } from 'vitest';
import { PoliciesData, readPolicies } from './policies.ts';

it('takes no images of one’s own for none, where other limits of 0 mean that there is no limit', () => {
  const limits = (max_customized_image_count: number | null, max_vfolder_count = 0) => {
    const row = { name: 'default', max_vfolder_count, max_customized_image_count };
    const { user } = readPolicies(PoliciesData.parse({ user_resource_policy: row }));
    return [user?.maxCustomizedImages, user?.maxFolders];
  };
  expect(limits(0)).toEqual([0, null]);
  expect(limits(3, 10)).toEqual([3, 10]);
  expect(limits(null)).toEqual([null, null]);
  expect(limits(2_000_000)).toEqual([null, null]);
});
