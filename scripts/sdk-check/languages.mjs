/**
 * The generator's settings for each language, and a program that creates a client with the SDK, patches a name and reads the
 * client back. The programs take the address of the admin API as their only argument and fail where a value differs from
 * the one that was sent. They are written into the generated folder and are not part of the project.
 */

const TYPESCRIPT = `import { argv } from 'node:process';
import { Configuration, OAuth2Api } from './sdk/index.js';

const api = new OAuth2Api(new Configuration({ basePath: argv[2] }));
const oAuth2Client = { clientName: 'before', redirectUris: ['https://app.example/cb'], metadata: [1, 'two'] };
const { clientId: id = '' } = await api.createOAuth2Client({ oAuth2Client });
await api.patchOAuth2Client({ id, jsonPatch: [{ op: 'replace', path: '/client_name', value: 'after' }] });
const read = await api.getOAuth2Client({ id });
const found = JSON.stringify([read.clientName, read.redirectUris, read.metadata]);
if (found !== '["after",["https://app.example/cb"],[1,"two"]]') throw new Error(found);
await api.deleteOAuth2Client({ id });
`;

const TSCONFIG = JSON.stringify({
  compilerOptions: { module: 'nodenext', target: 'es2022', lib: ['es2022', 'dom'], strict: true, outDir: 'built' },
  include: ['*.ts', 'sdk'],
});

const PYTHON = `import sys
import ostiary_client as sdk

with sdk.ApiClient(sdk.Configuration(host=sys.argv[1])) as connection:
    api = sdk.OAuth2Api(connection)
    client = sdk.OAuth2Client(client_name="before", redirect_uris=["https://app.example/cb"], metadata=[1, "two"])
    id = api.create_o_auth2_client(client).client_id
    api.patch_o_auth2_client(id, [sdk.JsonPatch(op="replace", path="/client_name", value="after")])
    read = api.get_o_auth2_client(id)
    found = [read.client_name, read.redirect_uris, read.metadata]
    assert found == ["after", ["https://app.example/cb"], [1, "two"]], found
    api.delete_o_auth2_client(id)
`;

const GO = `package main

import (
	"context"
	"os"

	sdk "github.com/ostiary/sdk"
)

func must[T any](value T, _ any, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	configuration := sdk.NewConfiguration()
	configuration.Servers = sdk.ServerConfigurations{{URL: os.Args[1]}}
	api := sdk.NewAPIClient(configuration).OAuth2API
	everywhere := context.Background()
	client := sdk.NewOAuth2Client()
	client.SetClientName("before")
	client.SetMetadata([]string{"one", "two"})
	id := must(api.CreateOAuth2Client(everywhere).OAuth2Client(*client).Execute()).GetClientId()
	change := sdk.NewJsonPatch("replace", "/client_name")
	change.SetValue("after")
	must(api.PatchOAuth2Client(everywhere, id).JsonPatch([]sdk.JsonPatch{*change}).Execute())
	read := must(api.GetOAuth2Client(everywhere, id).Execute())
	if read.GetClientName() != "after" || len(read.GetMetadata().([]any)) != 2 {
		panic(read.GetClientName())
	}
	if _, err := api.DeleteOAuth2Client(everywhere, id).Execute(); err != nil {
		panic(err)
	}
}
`;

const JAVA = `import java.util.List;
import org.openapitools.client.ApiClient;
import org.openapitools.client.api.OAuth2Api;
import org.openapitools.client.model.JsonPatch;
import org.openapitools.client.model.OAuth2Client;

public class Check {
  public static void main(String[] arguments) throws Exception {
    ApiClient connection = new ApiClient();
    connection.updateBaseUri(arguments[0]);
    OAuth2Api api = new OAuth2Api(connection);
    OAuth2Client client = new OAuth2Client().clientName("before").metadata(List.of("one", "two"));
    String id = api.createOAuth2Client(client).getClientId();
    api.patchOAuth2Client(id, List.of(new JsonPatch().op("replace").path("/client_name").value("after")));
    OAuth2Client read = api.getOAuth2Client(id);
    if (!"after".equals(read.getClientName()) || !List.of("one", "two").equals(read.getMetadata())) {
      throw new IllegalStateException(read.toString());
    }
    api.deleteOAuth2Client(id);
  }
}
`;

/**
 * `needs`: programs of the PATH. `files`: written into the folder. `into`: the folder of the SDK in it. `commands`: run there
 * one after another; `{admin}`, `{tsc}` and `{python}` are replaced.
 */
export const languages = [
  {
    name: 'TypeScript',
    needs: [],
    generator: ['-g', 'typescript-fetch', '--additional-properties', 'importFileExtension=.js'],
    into: 'sdk',
    files: { 'check.ts': TYPESCRIPT, 'tsconfig.json': TSCONFIG, 'package.json': '{ "type": "module" }' },
    commands: [
      ['node', '{tsc}', '-p', '.', '--types', 'node', '--typeRoots', '{types}'],
      ['node', 'built/check.js', '{admin}'],
    ],
  },
  {
    name: 'Python',
    needs: ['python3'],
    generator: ['-g', 'python', '--additional-properties', 'packageName=ostiary_client'],
    into: '.',
    files: { 'check.py': PYTHON },
    commands: [['{python}', 'check.py', '{admin}']],
  },
  {
    name: 'Go',
    onlyWithAll: true,
    needs: ['go'],
    generator: [
      '-g',
      'go',
      '--git-user-id',
      'ostiary',
      '--git-repo-id',
      'sdk',
      '--additional-properties',
      'packageName=sdk',
    ],
    into: '.',
    files: { 'check/main.go': GO },
    commands: [
      ['go', 'mod', 'tidy'],
      ['go', 'run', './check', '{admin}'],
    ],
  },
  {
    name: 'Java',
    onlyWithAll: true,
    needs: ['mvn'],
    generator: ['-g', 'java', '--additional-properties', 'library=native,artifactId=sdk'],
    into: '.',
    files: { 'src/main/java/Check.java': JAVA },
    commands: [
      [
        'mvn',
        '-B',
        '-q',
        '-DskipTests',
        'compile',
        'dependency:copy-dependencies',
        '-DoutputDirectory=target/libraries',
      ],
      ['java', '-cp', 'target/classes:target/libraries/*', 'Check', '{admin}'],
    ],
  },
];
