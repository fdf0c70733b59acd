/** Where the doctor's screen opens in the main window, whatever else is shown there. */
import { useEffect, useState } from 'react';
import type { DoctorTarget } from '../../../src-preload/contract/doctor.ts';
import { useCurrentAccount } from '../../state/current-account.ts';
import { offerDoctor } from '../../state/doctor.ts';
import { lazyPart } from '../../ui/lazy-part.tsx';

const DoctorDialog = lazyPart(() => import('./doctor-dialog.tsx').then((it) => it.DoctorDialog));

export function DoctorPlace() {
  const [target, setTarget] = useState<DoctorTarget | null>(null);
  const accountId = useCurrentAccount().current?.account.id;
  useEffect(
    () => offerDoctor((asked) => setTarget(asked ?? (accountId === undefined ? null : { accountId }))),
    [accountId],
  );
  return target && <DoctorDialog target={target} onClose={() => setTarget(null)} />;
}
