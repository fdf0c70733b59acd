/** Where and when in the queue: project, priority, sessions that come first, machines. */
import { Checkbox, Select, TextInput } from '@mantine/core';
import { Fold } from '../fold.tsx';
import type { StartForm } from '../use-start-form.ts';
import { useVerdictWords } from '../verdict/verdict-words.ts';
import { MachinesField } from './machines-field.tsx';
import classes from './more.module.css';
import { useMoreWords } from './more-words.ts';

export function OrderFold({ form }: { readonly form: StartForm }) {
  const t = useMoreWords();
  const v = useVerdictWords();
  const { spec, setSpec, project, options } = form;
  const rules = options.data?.rules;
  const projects = options.data?.projects ?? [];
  const badPriority = spec.priority.trim() !== '' && !/^(\d{1,2}|100)$/.test(spec.priority.trim());
  const set = spec.priority.trim() !== '' || spec.dependencies.length > 0 || spec.agents.length > 0;
  const candidates = form.living.filter((it) => it.family !== 'ending');
  return (
    <Fold
      title={t('order')}
      state={project ?? ''}
      isSet={set || projects.length > 1}
      invalid={badPriority}
      parts={['priority', 'agents']}
    >
      <div className={classes.pair}>
        <Select
          size="xs"
          label={t('project')}
          data={projects}
          value={project}
          onChange={(value) => setSpec({ project: value, resourceGroup: null })}
          allowDeselect={false}
          disabled={projects.length < 2}
        />
        {rules?.priority && (
          <TextInput
            size="xs"
            label={t('priority')}
            description={t('priority.help')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            inputMode="numeric"
            placeholder="10"
            value={spec.priority}
            maxLength={3}
            error={badPriority ? v('priority') : null}
            onChange={(event) => setSpec({ priority: event.currentTarget.value })}
          />
        )}
      </div>
      {rules?.agents && <MachinesField form={form} />}
      <fieldset className={classes.checks}>
        <legend>{t('dependencies')}</legend>
        {candidates.length === 0 && <p className={classes.words}>{t('dependencies.none')}</p>}
        {candidates.map((session) => (
          <Checkbox
            key={session.id}
            size="xs"
            label={session.name}
            checked={spec.dependencies.includes(session.id)}
            onChange={(event) =>
              setSpec({
                dependencies: event.currentTarget.checked
                  ? [...spec.dependencies, session.id]
                  : spec.dependencies.filter((id) => id !== session.id),
              })
            }
          />
        ))}
      </fieldset>
    </Fold>
  );
}
