/** Commit and imagify (API reference, sections 4.1 and 4.6). */
import { z } from 'zod';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { SessionImagesApi } from './api/session-images-api.ts';
import { followTask } from './background-task.ts';
import { ofSession } from './of-session.ts';
import { everywhere } from './placement.ts';
import type { SiteClient } from './site-client.ts';
import type { Can, Feature } from './version-gates.ts';

const CommitStatus = z.object({ status: z.string() });
const OwnImagesData = z.object({ customized_images: z.array(z.unknown()).nullish() });
const Task = z.object({ task_id: z.string() });

export function sessionImages(client: SiteClient, can: Can, clock: Clock): SessionImagesApi {
  const need = (feature: Feature) => {
    if (!can(feature)) throw new BerthError('unsupported', { place: 'manager', params: { feature } });
  };
  return {
    async commit(sessionId, filename, signal) {
      need('commit');
      const request = { ...everywhere(filename === null ? {} : { filename }), timeoutMs: 60_000, signal };
      await ofSession(sessionId, client.raw(`/session/${sessionId}/commit`, request));
    },

    async commitStatus(sessionId, signal) {
      if (!can('commit')) return null;
      const answer = await ofSession(sessionId, client.json(`/session/${sessionId}/commit`, CommitStatus, { signal }));
      return answer.status.toLowerCase() === 'ongoing' ? 'ongoing' : 'ready';
    },

    async imagify(sessionId, imageName, signal) {
      need('imagify');
      const parameters = { image_name: imageName, image_visibility: 'user' };
      const request = { ...everywhere(parameters), timeoutMs: 60_000, signal };
      return (await ofSession(sessionId, client.json(`/session/${sessionId}/imagify`, Task, request))).task_id;
    },

    async ownImageCount(signal) {
      if (!can('customizedImages')) return null;
      const data = await client.graphql('query { customized_images { id } }', {}, OwnImagesData, signal);
      return data.customized_images?.length ?? null;
    },

    followTask: (taskId, onProgress, signal) => followTask(client, clock, taskId, onProgress, signal),
  };
}
