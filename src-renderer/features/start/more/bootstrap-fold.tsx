/** A script that runs in the container before anything else. */
import { Textarea } from '@mantine/core';
import { Fold } from '../fold.tsx';
import type { StartForm } from '../use-start-form.ts';
import { useMoreWords } from './more-words.ts';

export function BootstrapFold({ form }: { readonly form: StartForm }) {
  const t = useMoreWords();
  const set = form.spec.bootstrap.trim() !== '';
  return (
    <Fold title={t('bootstrap')} state={set ? t('bootstrap.set') : t('none')} isSet={set}>
      <Textarea
        size="sm"
        label={t('bootstrap.label')}
        description={t('bootstrap.help')}
        placeholder={'#!/bin/bash\npip install --user …'}
        value={form.spec.bootstrap}
        autosize
        minRows={3}
        maxRows={10}
        spellCheck={false}
        maxLength={65_536}
        classNames={{ input: 'mono' }}
        onChange={(event) => form.setSpec({ bootstrap: event.currentTarget.value })}
      />
    </Fold>
  );
}
