/**
 * What a Windows machine tells of itself, asked for in one start of PowerShell: a start takes about a second, and the
 * firewall's filters are joined here, because one call for each rule would take minutes.
 *
 * It only reads. It runs on Windows PowerShell 5.1 and PowerShell 7, also in Constrained Language Mode, where what
 * needs .NET is left out. Every section is one line of JSON in pure ASCII, so that no code page and no redirection
 * harms it, and stands by itself: one that fails, or that the end of the time cuts off, takes no other with it.
 *
 * There is no double quote in it, so that it passes as one argument of `-Command`. Reviewed line by line in
 * docs/decisions/0016-windows.md, with the documentation of each property.
 */
export const WINDOWS_SCRIPT =
  String.raw`# reach4: what listens here, the addresses, routes and firewall rules. Nothing is changed.
# Modules don't see this where it is run as a file: hence -ErrorAction with every query.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
function Write-Line($line) {
  $line.reach4 = 1
  $json = ConvertTo-Json -InputObject $line -Compress -Depth 6
  $others = @{}
  foreach ($match in [regex]::Matches($json, '[^\x20-\x7e]')) { $others[[int][char]$match.Value] = $match.Value }
  foreach ($code in $others.Keys) { $json = $json.Replace($others[$code], ('\u{0:x4}' -f $code)) }
  $json
}
function Write-Section($name, $read) {
  $line = @{ section = $name }
  try { $line.facts = & $read }
  catch {
    $line.error = @{
      message = [string]$_.Exception.Message
      id = [string]$_.FullyQualifiedErrorId
      category = [string]$_.CategoryInfo.Category
      code = $_.Exception.HResult
    }
  }
  Write-Line $line
}
# A query that finds nothing is an error to these cmdlets, and an empty list to us.
function Get-All($read) {
  try { & $read } catch { if ($_.FullyQualifiedErrorId -notlike 'CmdletizationQuery_NotFound*') { throw } }
}
Write-Line @{ section = 'begin' }
Write-Section 'system' {
  $os = Get-CimInstance -ClassName Win32_OperatingSystem -Property Version, ProductType, OSLanguage -ErrorAction Stop
  $elevated = $null
  # The SIDs of the mandatory labels High and System.
  try { $elevated = @(whoami.exe /groups /fo csv /nh | Where-Object { $_ -match 'S-1-16-(12288|16384)' }).Count -gt 0 } catch { }
  @{
    version = [string]$os.Version
    productType = [int]$os.ProductType
    language = [int]$os.OSLanguage
    powershell = [string]$PSVersionTable.PSVersion
    languageMode = [string]$ExecutionContext.SessionState.LanguageMode
    elevated = $elevated
    environment = @{
      SystemRoot = [string]$env:SystemRoot
      windir = [string]$env:windir
      SystemDrive = [string]$env:SystemDrive
      ProgramFiles = [string]$env:ProgramFiles
      'ProgramFiles(x86)' = [string]\${env:ProgramFiles(x86)}
      ProgramData = [string]$env:ProgramData
    }
  }
}
Write-Section 'addresses' {
  @{ list = @(Get-All { Get-NetIPAddress -PolicyStore ActiveStore -ErrorAction Stop } | ForEach-Object { @{
    alias = [string]$_.InterfaceAlias
    address = [string]$_.IPAddress
    prefixLength = [int]$_.PrefixLength
    suffixOrigin = [string]$_.SuffixOrigin
    state = [string]$_.AddressState
  } }) }
}
Write-Section 'listeners' {
  @{
    tcp = @(Get-All { Get-NetTCPConnection -State Listen -ErrorAction Stop } | ForEach-Object { @{
      address = [string]$_.LocalAddress; port = [int]$_.LocalPort; pid = [int]$_.OwningProcess } })
    udp = @(Get-All { Get-NetUDPEndpoint -ErrorAction Stop } | ForEach-Object { @{
      address = [string]$_.LocalAddress; port = [int]$_.LocalPort; pid = [int]$_.OwningProcess } })
  }
}
# Get-NetTCPConnection shows a socket of both families once, as ::, and netstat in both families.
Write-Section 'netstat' {
  @{ lines = @(netstat.exe -ano | Where-Object { $_ -match '^\s*(TCP\s+\S+:\d+\s+\S+:0\s|UDP\s+\S+:\d+\s+\*:\*\s)' } |
    ForEach-Object { [string]$_.Trim() }) }
}
Write-Section 'processes' {
  $services = @{}
  foreach ($each in Get-CimInstance -ClassName Win32_Service -Property Name, ProcessId -Filter 'ProcessId <> 0' -ErrorAction Stop) {
    $services[[int]$each.ProcessId] = @($services[[int]$each.ProcessId]) + [string]$each.Name
  }
  @{ list = @(Get-CimInstance -ClassName Win32_Process -Property ProcessId, Name, ExecutablePath -ErrorAction Stop | ForEach-Object { @{
    pid = [int]$_.ProcessId
    name = [string]$_.Name
    path = [string]$_.ExecutablePath
    services = @($services[[int]$_.ProcessId] | Where-Object { $_ })
  } }) }
}
Write-Section 'adapters' {
  try {
    @{ list = @([System.Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces() | ForEach-Object { @{
      alias = [string]$_.Name; description = [string]$_.Description; type = [int]$_.NetworkInterfaceType } }) }
  } catch {
    @{ list = @(Get-All { Get-NetAdapter -ErrorAction Stop } | ForEach-Object { @{
      alias = [string]$_.Name; description = [string]$_.InterfaceDescription; type = [int]$_.InterfaceType } }) }
  }
}
Write-Section 'routes' {
  $metrics = @{}
  foreach ($each in Get-All { Get-NetIPInterface -PolicyStore ActiveStore -ErrorAction Stop }) {
    $metrics[[string]$each.InterfaceIndex + [string]$each.AddressFamily] = [int]$each.InterfaceMetric
  }
  $ways = '0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '::/0', '::/1', '8000::/1', '2000::/3'
  @{
    list = @(Get-All { Get-NetRoute -PolicyStore ActiveStore -ErrorAction Stop } | Where-Object { $ways -contains $_.DestinationPrefix } |
      ForEach-Object { @{
        alias = [string]$_.InterfaceAlias
        prefix = [string]$_.DestinationPrefix
        nextHop = [string]$_.NextHop
        routeMetric = [int]$_.RouteMetric
        interfaceMetric = $metrics[[string]$_.InterfaceIndex + [string]$_.AddressFamily]
      } })
    replies = @(Get-All { Get-NetIPAddress -PolicyStore ActiveStore -ErrorAction Stop } |
      Where-Object { [string]$_.AddressState -eq 'Preferred' -and $_.IPAddress -notmatch '^(127\.|169\.254\.|::1$|fe80:)' } |
      Select-Object -First 8 | ForEach-Object {
        $from = $_
        $to = if ($from.IPAddress -match ':') { '2606:4700:4700::1111' } else { '1.1.1.1' }
        $way = $null
        try {
          $way = Find-NetRoute -RemoteIPAddress $to -LocalIPAddress $from.IPAddress -ErrorAction Stop | Where-Object { $_.NextHop } | Select-Object -First 1
        } catch { }
        @{
          from = [string]$from.IPAddress
          arrivesBy = [string]$from.InterfaceAlias
          leavesBy = [string]$way.InterfaceAlias
          nextHop = [string]$way.NextHop
        }
      })
  }
}
Write-Section 'firewall-profiles' {
  @{
    service = [string](Get-Service -Name MpsSvc -ErrorAction Stop).Status
    profiles = @(Get-NetFirewallProfile -PolicyStore ActiveStore -ErrorAction Stop | ForEach-Object { @{
      name = [string]$_.Name
      enabled = [string]$_.Enabled
      inbound = [string]$_.DefaultInboundAction
      allowInboundRules = [string]$_.AllowInboundRules
      allowLocalRules = [string]$_.AllowLocalFirewallRules
      disabledOn = @($_.DisabledInterfaceAliases | Where-Object { $_ } | ForEach-Object { [string]$_ })
    } })
    networks = @(Get-All { Get-NetConnectionProfile -ErrorAction Stop } | ForEach-Object { @{
      alias = [string]$_.InterfaceAlias; category = [string]$_.NetworkCategory } })
  }
}
# Other products that have taken over from Windows Firewall.
Write-Section 'firewall-products' {
  $names = @()
  $asked = $false
  try {
    $products = New-Object -ComObject HNetCfg.FwProducts -ErrorAction Stop
    for ($i = 0; $i -lt $products.Count; $i++) { $names += [string]$products.Item($i).DisplayName }
    $asked = $true
  } catch { }
  try {
    $names += @(Get-CimInstance -Namespace root/SecurityCenter2 -ClassName FirewallProduct -ErrorAction Stop | ForEach-Object { [string]$_.displayName })
    $asked = $true
  } catch { if (-not $asked) { throw } }
  @{ names = $names }
}
Write-Section 'firewall-rules' {
  # By rule; two filters of one rule would leave open which counts: then none does.
  function Join-Rule($filters) {
    $byRule = @{}
    foreach ($each in $filters) {
      $id = [string]$each.InstanceID
      if ($byRule.ContainsKey($id)) { $byRule[$id] = $null } else { $byRule[$id] = $each }
    }
    $byRule
  }
  $store = @{ PolicyStore = 'ActiveStore'; ErrorAction = 'Stop' }
  $rules = @(Get-All { Get-NetFirewallRule @store -TracePolicyStore -Direction Inbound -Enabled True })
  $ports = Join-Rule (Get-All { Get-NetFirewallPortFilter @store })
  $addresses = Join-Rule (Get-All { Get-NetFirewallAddressFilter @store })
  $programs = Join-Rule (Get-All { Get-NetFirewallApplicationFilter @store })
  $services = Join-Rule (Get-All { Get-NetFirewallServiceFilter @store })
  $aliases = Join-Rule (Get-All { Get-NetFirewallInterfaceFilter @store })
  $types = Join-Rule (Get-All { Get-NetFirewallInterfaceTypeFilter @store })
  $security = Join-Rule (Get-All { Get-NetFirewallSecurityFilter @store })
  @{ list = @($rules | ForEach-Object {
    $id = [string]$_.InstanceID
    $enforcement = $_.CimInstanceProperties['EnforcementStatus']
    @{
      id = $id
      name = [string]$_.DisplayName
      action = [string]$_.Action
      profile = [string]$_.Profile
      owner = [string]$_.Owner
      source = [string]$_.PolicyStoreSourceType
      keywords = @($_.RemoteDynamicKeywordAddresses | Where-Object { $_ } | ForEach-Object { [string]$_ })
      conditions = @(@($_.PolicyAppId) + @($_.PackageFamilyName) | Where-Object { $_ } | ForEach-Object { [string]$_ })
      enforcement = @(if ($enforcement) { $enforcement.Value | Where-Object { $null -ne $_ } | ForEach-Object { [int]$_ } })
      protocol = [string]$ports[$id].Protocol
      localPort = @($ports[$id].LocalPort | Where-Object { $_ } | ForEach-Object { [string]$_ })
      remotePort = @($ports[$id].RemotePort | Where-Object { $_ } | ForEach-Object { [string]$_ })
      dynamic = [string]$ports[$id].DynamicTarget
      localAddress = @($addresses[$id].LocalAddress | Where-Object { $_ } | ForEach-Object { [string]$_ })
      remoteAddress = @($addresses[$id].RemoteAddress | Where-Object { $_ } | ForEach-Object { [string]$_ })
      program = [string]$programs[$id].Program
      package = [string]$programs[$id].Package
      service = [string]$services[$id].Service
      alias = @($aliases[$id].InterfaceAlias | Where-Object { $_ } | ForEach-Object { [string]$_ })
      type = [string]$types[$id].InterfaceType
      authentication = [string]$security[$id].Authentication
      encryption = [string]$security[$id].Encryption
      overrides = [string]$security[$id].OverrideBlockRules
      localUser = [string]$security[$id].LocalUser
      remoteUser = [string]$security[$id].RemoteUser
      remoteMachine = [string]$security[$id].RemoteMachine
    }
  }) }
}
Write-Line @{ section = 'end' }
`.replaceAll('\\${', '${');

/** The same without what is there for people: a command line has room for 32,767 characters (CreateProcessW). */
export const WINDOWS_COMMAND = WINDOWS_SCRIPT.split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'))
  .join('\n');
