/** Rarer things, one folded line each. */
import { CopyButton } from '../../../ui/copy-button.tsx';
import { versionKey } from '../environment-policy.ts';
import { Fold } from '../fold.tsx';
import layout from '../start.module.css';
import type { StartForm } from '../use-start-form.ts';
import { BatchFold } from './batch-fold.tsx';
import { BootstrapFold } from './bootstrap-fold.tsx';
import { EnvironFold } from './environ-fold.tsx';
import { useMoreWords } from './more-words.ts';
import { OrderFold } from './order-fold.tsx';
import { OwnerFold } from './owner-fold.tsx';
import { PortsFold } from './ports-fold.tsx';

export function MoreSection({ form }: { readonly form: StartForm }) {
  const t = useMoreWords();
  const rules = form.options.data?.rules;
  return (
    <section className={layout.section} aria-labelledby="start-more">
      <h3 id="start-more">{t('more')}</h3>
      <BatchFold form={form} />
      <EnvironFold form={form} />
      {rules !== undefined && rules.maxPorts > 0 && <PortsFold form={form} />}
      <BootstrapFold form={form} />
      <OrderFold form={form} />
      {rules?.owner && <OwnerFold form={form} />}
      <ImageFold form={form} />
    </section>
  );
}

function ImageFold({ form }: { readonly form: StartForm }) {
  const t = useMoreWords();
  const version = form.image?.version;
  if (!version) return null;
  return (
    <Fold title={t('image')} state={version.label}>
      <dl className={layout.facts}>
        <dt>{t('image.name')}</dt>
        <dd>
          <span className="mono">{versionKey(version)}</span>
          <CopyButton text={versionKey(version)} label={t('copy')} />
        </dd>
        <dt>{t('architecture')}</dt>
        <dd>{version.architecture}</dd>
        {version.accelerators.length > 0 && (
          <>
            <dt>{t('accelerators')}</dt>
            <dd>{version.accelerators.join(', ')}</dd>
          </>
        )}
        {version.services.length > 0 && (
          <>
            <dt>{t('services')}</dt>
            <dd>{version.services.join(', ')}</dd>
          </>
        )}
      </dl>
    </Fold>
  );
}
