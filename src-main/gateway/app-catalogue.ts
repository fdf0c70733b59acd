/** What services are called and how they open: Backend.AI's own app templates (tunnels reference, section 5.5), in Berth's order. */
import type { AppTile } from '../../src-preload/contract/links.ts';
import type { ServiceInfo } from '../backend/site-api.ts';

type Category = AppTile['category'];

interface Known {
  readonly title: string;
  readonly category: Category;
  /** Where the window opens; `/` when absent. */
  readonly path?: string;
}

const known: Readonly<Record<string, Known>> = {
  jupyterlab: { title: 'JupyterLab', category: 'development', path: '/lab' },
  jupyter: { title: 'Jupyter Notebook', category: 'development', path: '/tree' },
  vscode: { title: 'Visual Studio Code', category: 'development' },
  ttyd: { title: 'Console', category: 'utilities' },
  sshd: { title: 'SSH / SFTP', category: 'utilities' },
  sftp: { title: 'SFTP', category: 'utilities' },
  filebrowser: { title: 'FileBrowser', category: 'utilities' },
  tensorboard: { title: 'TensorBoard', category: 'machine-learning' },
  digits: { title: 'DIGITS', category: 'machine-learning' },
  'h2o-dai': { title: 'H2O driverless AI', category: 'machine-learning' },
  nniboard: { title: 'NNI Board', category: 'machine-learning' },
  'mlflow-ui': { title: 'MLFlow UI', category: 'machine-learning' },
  spark: { title: 'Spark', category: 'machine-learning' },
  'triton-server': { title: 'Triton Server', category: 'machine-learning' },
  'triton-server-http': { title: 'Triton Server (HTTP)', category: 'machine-learning' },
  'orbit-server-http': { title: 'Orbit Inference Server (HTTP)', category: 'machine-learning' },
  'gradio-cat-client': { title: 'Cat Generator', category: 'machine-learning' },
  'gradio-resnet-client': { title: 'Image Classifier', category: 'machine-learning' },
  vnc: { title: 'VNC', category: 'desktop' },
  'vnc-web': { title: 'VNC (Web)', category: 'desktop' },
  novnc: { title: 'VNC (Web)', category: 'desktop', path: '/vnc.html?autoconnect=true' },
  xfce: { title: 'XFCE', category: 'desktop' },
  gnome: { title: 'GNOME Desktop', category: 'desktop' },
  kde: { title: 'KDE', category: 'desktop' },
  xrdp: { title: 'RDP', category: 'desktop' },
  rstudio: { title: 'R-Studio', category: 'other' },
  matlab: { title: 'MATLAB', category: 'other' },
  spectravis: { title: 'SpectraVIS', category: 'other' },
  submit: { title: 'Submit', category: 'other' },
};

const order = Object.keys(known);

/** `ipython` is a pty entry of old labels; opening it does nothing. */
const hidden: ReadonlySet<string> = new Set(['ipython']);

/** Protocols that a window can show; `preopen` is a program that the person runs, mostly a web server. */
const windowProtocols: ReadonlySet<string> = new Set(['http', 'preopen']);

export function titleOf(service: string): string {
  return known[service]?.title ?? service;
}

export function opensAs(service: ServiceInfo): AppTile['opens'] {
  if (service.name === 'sshd') return 'ssh';
  if (service.name === 'ttyd') return 'terminal';
  return windowProtocols.has(service.protocol) && service.ports.length > 0 ? 'window' : 'none';
}

/** The session's services as tiles: known ones first, in a fixed order, ports that the person opened last. */
export function appTiles(services: readonly ServiceInfo[]): AppTile[] {
  const rank = (name: string): number => {
    const at = order.indexOf(name);
    return at < 0 ? order.length : at;
  };
  return services
    .filter((service) => !hidden.has(service.name))
    .map((service) => ({
      service: service.name,
      title: titleOf(service.name),
      category: known[service.name]?.category ?? (service.protocol === 'preopen' ? 'ports' : 'other'),
      protocol: service.protocol,
      opens: opensAs(service),
    }))
    .sort(
      (a, b) =>
        Number(a.category === 'ports') - Number(b.category === 'ports') ||
        rank(a.service) - rank(b.service) ||
        a.title.localeCompare(b.title, 'en'),
    );
}

/** Stands in for the placeholders of a `url_template` while its path is read. */
const anyOrigin = 'http://127.0.0.1:1';

/** The path and query where a service's window opens. Never leaves the origin, whatever the template says. */
export function startPath(service: ServiceInfo): string {
  const template = service.urlTemplate;
  if (template) {
    const filled = template.replace('{protocol}', 'http').replace('{host}', '127.0.0.1').replace('{port}', '1');
    if (URL.canParse(filled, anyOrigin)) {
      const url = new URL(filled, anyOrigin);
      if (url.origin === anyOrigin && url.pathname + url.search !== '/') return url.pathname + url.search;
    }
  }
  return known[service.name]?.path ?? '/';
}
