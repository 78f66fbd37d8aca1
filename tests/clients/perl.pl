# Calls the service with RPC::XML, and prints what it found as JSON.

use strict;
use warnings;

use JSON::PP;
use RPC::XML;
use RPC::XML::Client;

$RPC::XML::ENCODING = 'UTF-8';
my $client = RPC::XML::Client->new("$ARGV[0]/api/xmlrpc");

sub answer {
    my ($name, %values) = @_;
    my $answer = $client->send_request("peopleaggregator.$name", \%values);
    die $answer unless ref $answer;
    return $answer;
}

sub call { return answer(@_)->value }

my %found;
my $session = call('login', login => 'marc', password => 'marcspassword');
$found{tokenLifetime} = 0 + $session->{tokenLifetime};
my @token = (authToken => $session->{authToken});

$found{joinState} = call('joinGroup', @token, id => 'group:1234')->{joinState};
my $again = call('joinGroup', @token, id => 'group:1234');
$found{again} = [$again->{success} ? JSON::PP::true : JSON::PP::false, $again->{code}];

my $mine = call('getMyGroups', @token, page => RPC::XML::int->new(1));
$found{total} = 0 + $mine->{totalResults};
$found{groups} = [
    map {
        my $group = $_;
        +{
            (map { $_ => $group->{$_} } qw(id name description)),
            memberCount => 0 + $group->{memberCount},
        }
    } @{ $mine->{groups} }
];

my $fault = answer('nope');
$found{fault} = [0 + $fault->code, $fault->string] if $fault->is_fault;

sub own {
    my $answer = $client->send_request(@_);
    die $answer unless ref $answer;
    return $answer->value;
}

my @name = (RPC::XML::string->new('peopleaggregator.joinGroup'));
$found{methods} = scalar @{ own('system.listMethods') };
$found{signature} = own('system.methodSignature', @name);
($found{help}) = split /\n/, own('system.methodHelp', @name);
$found{faults} = 0 + own('system.getCapabilities')->{faults_interop}{specVersion};

my @calls = map { { methodName => "peopleaggregator.$_->[0]", params => [ $_->[1] ] } } (
    [ checkToken => {@token} ],
    [ joinGroup => { @token, id => 'group:1234' } ],
    [ nope => {} ],
);
my $answers = own('system.multicall', \@calls);
$found{several} =
    [ $answers->[0][0]{login}, $answers->[1][0]{code}, 0 + $answers->[2]{faultCode} ];

print JSON::PP->new->ascii->encode(\%found), "\n";
