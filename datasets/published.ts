/** The files of the published datasets: what they are called, what they must contain, who serves them. */
import { InputError } from '../src/utils/errors.ts';

export interface PublishedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Other names under which a data directory may hold it, in another packing or format. */
  readonly alsoNamed?: readonly string[];
}

export interface Published {
  /** The folder of these files in a data directory, in the cache and on `ZOO_MIRROR`. */
  readonly dataset: string;
  readonly files: readonly PublishedFile[];
  /** Folders of pictures that a data directory may hold in place of the files. */
  readonly pictureFolders?: readonly string[];
  /** Addresses that end in `/`, the preferred one first; a file's name is appended. */
  readonly mirrors: readonly string[];
}

export const published = {
  mnist: {
    dataset: 'mnist',
    files: [
      {
        name: 'train-images-idx3-ubyte.gz',
        bytes: 9_912_422,
        sha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
        alsoNamed: ['train-images-idx3-ubyte', 'train-images.idx3-ubyte'],
      },
      {
        name: 'train-labels-idx1-ubyte.gz',
        bytes: 28_881,
        sha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
        alsoNamed: ['train-labels-idx1-ubyte', 'train-labels.idx1-ubyte'],
      },
      {
        name: 't10k-images-idx3-ubyte.gz',
        bytes: 1_648_877,
        sha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
        alsoNamed: ['t10k-images-idx3-ubyte', 't10k-images.idx3-ubyte'],
      },
      {
        name: 't10k-labels-idx1-ubyte.gz',
        bytes: 4_542,
        sha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
        alsoNamed: ['t10k-labels-idx1-ubyte', 't10k-labels.idx1-ubyte'],
      },
    ],
    mirrors: [
      'https://storage.googleapis.com/cvdf-datasets/mnist/',
      'https://ossci-datasets.s3.amazonaws.com/mnist/',
    ],
  },
  cats: {
    dataset: 'cats',
    pictureFolders: ['train/cat', 'train/non-cat', 'test/cat', 'test/non-cat'],
    files: [
      {
        name: 'train_catvnoncat.h5',
        bytes: 2_572_008,
        sha256: 'da12e2082423090f6ea4ee6af58b81af055bbcd3db6f03a1ee148e06caa93673',
      },
      {
        name: 'test_catvnoncat.h5',
        bytes: 616_958,
        sha256: '5b215139f541f8c3631590b1da4ae4db0ad8f06a8a0ced823eaa186b1311b2f3',
      },
    ],
    mirrors: ['https://raw.githubusercontent.com/Youngyi/DeepLearning/master/datasets/'],
  },
  'breast-cancer': {
    dataset: 'breast-cancer',
    files: [
      {
        name: 'breast_cancer.csv',
        bytes: 119_913,
        sha256: 'fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed',
        alsoNamed: ['wdbc.data'],
      },
    ],
    mirrors: ['https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.6.1/sklearn/datasets/data/'],
  },
  names: {
    dataset: 'names',
    files: [
      {
        name: 'names.txt',
        bytes: 228_145,
        sha256: '0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d',
      },
    ],
    mirrors: ['https://raw.githubusercontent.com/karpathy/makemore/master/'],
  },
  text: {
    dataset: 'shakespeare',
    files: [
      {
        name: 'input.txt',
        bytes: 1_115_394,
        sha256: '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed',
      },
    ],
    mirrors: ['https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/'],
  },
} satisfies Record<string, Published>;

/**
 * Where a dataset is downloaded from. The variable `ZOO_MIRROR` replaces the published addresses: `ZOO_MIRROR`, a
 * slash, the dataset's folder, a slash and the file's name make the address of a file, so that a data directory
 * behind any web server is a mirror.
 *
 * @throws InputError where `ZOO_MIRROR` is not an address that begins with http:// or https://.
 */
export function mirrorsOf(what: Published, override = process.env.ZOO_MIRROR): readonly string[] {
  if (!override) return what.mirrors;
  if (!URL.canParse(override) || !/^https?:$/.test(new URL(override).protocol)) {
    throw new InputError(
      `ZOO_MIRROR is ${JSON.stringify(override)}, expected an address that begins with http:// or https://`,
    );
  }
  return [`${override.replace(/\/+$/, '')}/${what.dataset}/`];
}
