/**
 * The packages that `npm run sdk` makes. `generator`, `settings` and `versionSetting` are the generator's own words. `example` is the
 * program in the README: it creates a client, patches its name, reads it back, and fails where a value differs from the one that
 * was sent. `npm run sdk:check` writes it to `exampleFile`, with `exampleFiles` beside it, and runs the `commands` one after
 * another: `{admin}`, `{tsc}`, `{types}` and `{python}` are replaced. `needs`: programs of the
 * PATH. `files`: further files of the package.
 */

const TYPESCRIPT = `import { argv } from 'node:process';
import { Configuration, OAuth2Api } from 'ostiary-client';

const api = new OAuth2Api(new Configuration({ basePath: argv[2] }));
const oAuth2Client = { clientName: 'before', redirectUris: ['https://app.example/cb'], metadata: [1, 'two'] };
const { clientId: id = '' } = await api.createOAuth2Client({ oAuth2Client });
await api.patchOAuth2Client({ id, jsonPatch: [{ op: 'replace', path: '/client_name', value: 'after' }] });
const read = await api.getOAuth2Client({ id });
const found = JSON.stringify([read.clientName, read.redirectUris, read.metadata]);
if (found !== '["after",["https://app.example/cb"],[1,"two"]]') throw new Error(found);
await api.deleteOAuth2Client({ id });
`;

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

	ostiary "github.com/ostiary/client-go"
)

func must[T any](value T, _ any, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	configuration := ostiary.NewConfiguration()
	configuration.Servers = ostiary.ServerConfigurations{{URL: os.Args[1]}}
	api := ostiary.NewAPIClient(configuration).OAuth2API
	everywhere := context.Background()
	client := ostiary.NewOAuth2Client()
	client.SetClientName("before")
	client.SetMetadata([]string{"one", "two"})
	id := must(api.CreateOAuth2Client(everywhere).OAuth2Client(*client).Execute()).GetClientId()
	change := ostiary.NewJsonPatch("replace", "/client_name")
	change.SetValue("after")
	must(api.PatchOAuth2Client(everywhere, id).JsonPatch([]ostiary.JsonPatch{*change}).Execute())
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
import org.ostiary.client.ApiClient;
import org.ostiary.client.api.OAuth2Api;
import org.ostiary.client.model.JsonPatch;
import org.ostiary.client.model.OAuth2Client;

public class Example {
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

const CSHARP = `using System.Text.Json;
using Ostiary.Client.Api;
using Ostiary.Client.Model;

var api = new OAuth2Api(args[0]);
var client = new OAuth2Client(clientName: "before", redirectUris: ["https://app.example/cb"]);
var id = api.CreateOAuth2Client(client).ClientId;
api.PatchOAuth2Client(id, [new JsonPatch(op: "replace", path: "/client_name", value: "after")]);
var read = api.GetOAuth2Client(id);
if (read.ClientName != "after" || read.RedirectUris.Single() != "https://app.example/cb")
{
    throw new InvalidOperationException(JsonSerializer.Serialize(read.ClientName));
}
api.DeleteOAuth2Client(id);
`;

const CSHARP_PROJECT = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net8.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <LangVersion>12</LangVersion>
  </PropertyGroup>
  <ItemGroup>
    <ProjectReference Include="../src/Ostiary.Client/Ostiary.Client.csproj" />
  </ItemGroup>
</Project>
`;

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/** What differs for the program beside the package. */
const EXAMPLE = { rootDir: '.', outDir: '.', declaration: false };

/** In place of those of the generator, whose module format and target TypeScript gives up. */
const typescriptPackage = (version) => ({
  'package.json': json({
    ...{ name: 'ostiary-client', version, description: 'Client of the HTTP API of Ostiary', license: 'Apache-2.0' },
    ...{
      type: 'module',
      exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
      files: ['dist'],
    },
    scripts: { build: 'tsc', prepare: 'tsc' },
    devDependencies: { typescript: '^5.0 || ^6.0' },
  }),
  'tsconfig.json': json({
    compilerOptions: {
      ...{ module: 'nodenext', target: 'es2022', lib: ['es2022', 'dom'], strict: true },
      ...{ declaration: true, rootDir: 'src', outDir: 'dist' },
    },
    include: ['src'],
  }),
});

export const languages = [
  {
    name: 'TypeScript',
    folder: 'typescript',
    package: 'ostiary-client',
    install: 'npm install ostiary-client@{version}',
    generator: 'typescript-fetch',
    settings: { npmName: 'ostiary-client', importFileExtension: '.js', licenseName: 'Apache-2.0' },
    files: typescriptPackage,
    versionSetting: 'npmVersion',
    fence: 'ts',
    example: TYPESCRIPT,
    exampleFile: 'example/example.mts',
    exampleFiles: {
      'example/tsconfig.json': json({
        extends: '../tsconfig.json',
        compilerOptions: EXAMPLE,
        include: ['.'],
        exclude: [],
      }),
    },
    linked: 'ostiary-client',
    needs: [],
    commands: [
      ['node', '{tsc}', '-p', '.'],
      ['node', '{tsc}', '-p', 'example', '--types', 'node', '--typeRoots', '{types}'],
      ['node', 'example/example.mjs', '{admin}'],
    ],
  },
  {
    name: 'Python',
    folder: 'python',
    package: 'ostiary-client',
    install: 'pip install ostiary-client=={version}',
    generator: 'python',
    settings: { packageName: 'ostiary_client', projectName: 'ostiary-client' },
    versionSetting: 'packageVersion',
    fence: 'python',
    example: PYTHON,
    exampleFile: 'example.py',
    needs: ['python3'],
    commands: [['{python}', 'example.py', '{admin}']],
  },
  {
    name: 'Go',
    folder: 'go',
    package: 'github.com/ostiary/client-go',
    install: 'go get github.com/ostiary/client-go@v{version}',
    onlyWithAll: true,
    repository: 'client-go',
    generator: 'go',
    settings: { packageName: 'ostiary' },
    versionSetting: 'packageVersion',
    fence: 'go',
    example: GO,
    exampleFile: 'example/main.go',
    needs: ['go'],
    commands: [
      ['go', 'mod', 'tidy'],
      ['go', 'run', './example', '{admin}'],
    ],
  },
  {
    name: 'Java',
    folder: 'java',
    package: 'ostiary-client',
    install: 'mvn --batch-mode -DskipTests install # then depend on org.ostiary:ostiary-client:{version}',
    onlyWithAll: true,
    generator: 'java',
    settings: {
      library: 'native',
      groupId: 'org.ostiary',
      artifactId: 'ostiary-client',
      invokerPackage: 'org.ostiary.client',
      apiPackage: 'org.ostiary.client.api',
      modelPackage: 'org.ostiary.client.model',
      licenseName: 'Apache-2.0',
    },
    versionSetting: 'artifactVersion',
    fence: 'java',
    example: JAVA,
    exampleFile: 'src/main/java/Example.java',
    needs: ['mvn'],
    commands: [
      ...[
        [
          'mvn',
          '-B',
          '-q',
          '-DskipTests',
          'compile',
          'dependency:copy-dependencies',
          '-DoutputDirectory=target/libraries',
        ],
      ],
      ['java', '-cp', 'target/classes:target/libraries/*', 'Example', '{admin}'],
    ],
  },
  {
    name: 'C#',
    folder: 'csharp',
    package: 'Ostiary.Client',
    install: 'dotnet add package Ostiary.Client --version {version}',
    onlyWithAll: true,
    generator: 'csharp',
    settings: {
      packageName: 'Ostiary.Client',
      packageGuid: '{6B6F3C0E-5A55-4C0B-9C36-3A1F7A4D2E11}', // random otherwise
      targetFramework: 'net8.0',
      library: 'httpclient',
      licenseId: 'Apache-2.0',
      packageTitle: 'Ostiary.Client',
      packageAuthors: 'Ostiary',
      packageCompany: 'Ostiary',
      packageDescription: 'Client of the HTTP API of Ostiary',
    },
    versionSetting: 'packageVersion',
    fence: 'csharp',
    example: CSHARP,
    exampleFile: 'example/Program.cs',
    exampleFiles: { 'example/Example.csproj': CSHARP_PROJECT },
    needs: ['dotnet'],
    commands: [['dotnet', 'run', '--project', 'example', '--', '{admin}']],
  },
];
